package io.quotabank.sandbox.token;

/**
 * A piece of text.
 *
 * @param escaped as it stands inside a JSON string
 * @param tokens its length; 1, unless a character is spread over several tokens
 */
public record Piece(String escaped, int tokens) {}
