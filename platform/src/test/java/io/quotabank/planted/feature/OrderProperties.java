package io.quotabank.planted.feature;

class OrderProperties {}
