/** What is kept between runs: the state directory, its lock, versions, settings and secrets. */
@NullMarked
package io.quotabank.local.state;

import org.jspecify.annotations.NullMarked;
