package io.quotabank.planted.crowd;

public class Face4 {}
