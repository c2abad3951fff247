package dev.understudy.api;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ErrorReportValve;
import org.jspecify.annotations.Nullable;

/// Answers what the web server refuses before it is ours (an address that is none) as a problem
/// too.
public final class ProblemValve extends ErrorReportValve {
    @Override
    protected void report(Request request, Response response, @Nullable Throwable thrown) {
        int status = response.getStatus();
        if (status < 400 || response.getContentWritten() > 0 || !response.setErrorReported()) {
            return;
        }
        try {
            ProblemJson.write(
                    response,
                    status,
                    "request-invalid",
                    "This is no request to anything here: is the address written as a URL is?");
            response.finishResponse();
        } catch (IOException e) {
            throw new UncheckedIOException("the caller has gone", e);
        }
    }
}
