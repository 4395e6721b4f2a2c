-- By itself: it reads the table, and keeps nobody waiting.
ALTER TABLE grant_claw VALIDATE CONSTRAINT grant_claw_transfer_took_something;
