/** The local realm: its administrator, the demo's people and the client they get tokens through. */
@NullMarked
package io.quotabank.local.realm;

import org.jspecify.annotations.NullMarked;
