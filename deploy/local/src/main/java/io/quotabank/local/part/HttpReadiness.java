package io.quotabank.local.part;

import io.quotabank.local.http.JsonHttp;

/** Ready when an address answers with success. */
record HttpReadiness(String url) implements Part.Readiness {

    @Override
    public boolean ready() {
        return JsonHttp.get(url, null).ok();
    }
}
