-- Makes one service's database and its three roles. Placeholders: database, owner, ownerPassword, service,
-- servicePassword, reader, readerPassword. Statements up to the line "-- connected to the new database" run one by one
-- (CREATE DATABASE takes no transaction) as a superuser on any database; the rest as the same user on the new one.
CREATE ROLE ${owner} LOGIN PASSWORD '${ownerPassword}';
CREATE ROLE ${service} LOGIN PASSWORD '${servicePassword}';
CREATE ROLE ${reader} LOGIN PASSWORD '${readerPassword}';
CREATE DATABASE ${database} OWNER ${owner} ENCODING 'UTF8' TEMPLATE template0;
REVOKE CONNECT ON DATABASE ${database} FROM PUBLIC;
GRANT CONNECT ON DATABASE ${database} TO ${service}, ${reader};
-- connected to the new database
ALTER SCHEMA public OWNER TO ${owner};
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO ${service}, ${reader};
ALTER DEFAULT PRIVILEGES FOR ROLE ${owner} IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO ${service};
ALTER DEFAULT PRIVILEGES FOR ROLE ${owner} IN SCHEMA public GRANT USAGE ON SEQUENCES TO ${service};
ALTER DEFAULT PRIVILEGES FOR ROLE ${owner} IN SCHEMA public GRANT SELECT ON TABLES TO ${reader};
