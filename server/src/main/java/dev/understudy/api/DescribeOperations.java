package dev.understudy.api;

import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.media.ObjectSchema;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.media.StringSchema;
import io.swagger.v3.oas.models.responses.ApiResponse;
import org.springdoc.core.customizers.OperationCustomizer;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.method.HandlerMethod;

/// Tells in the API's description what holds for every operation: which role it needs, and the
/// problems (RFC 9457) that it may answer with.
public final class DescribeOperations implements OperationCustomizer {
    @Override
    public Operation customize(Operation operation, HandlerMethod handler) {
        boolean reads = handler.hasMethodAnnotation(GetMapping.class);
        String role = "Needs the role %s.".formatted(RoleGate.needed(handler, reads));
        String said = operation.getDescription();
        operation.setDescription(said == null || said.isBlank() ? role : said + " " + role);
        problem(operation, 400, "The request is not valid; `code` and `detail` say what is wrong.");
        problem(operation, 401, "No token, or one that is not known.");
        problem(operation, 403, "The token's role does not reach.");
        boolean names =
                operation.getParameters() != null
                        && operation.getParameters().stream()
                                .anyMatch(parameter -> "path".equals(parameter.getIn()));
        if (names) {
            problem(operation, 404, "What the path names does not exist.");
        }
        if (!reads) {
            problem(operation, 409, "It does not fit the state that things are in now.");
        }
        return operation;
    }

    private static void problem(Operation operation, int status, String description) {
        Schema<?> schema = new ObjectSchema();
        schema.addProperty("type", new StringSchema());
        schema.addProperty("title", new StringSchema());
        schema.addProperty("status", new Schema<Integer>().type("integer"));
        schema.addProperty("detail", new StringSchema());
        schema.addProperty("code", new StringSchema());
        operation
                .getResponses()
                .putIfAbsent(
                        Integer.toString(status),
                        new ApiResponse()
                                .description(description)
                                .content(
                                        new Content()
                                                .addMediaType(
                                                        "application/problem+json",
                                                        new MediaType().schema(schema))));
    }
}
