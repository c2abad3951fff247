package dev.understudy.advisory.csaf;

import dev.understudy.advisory.FeedException;
import dev.understudy.advisory.Fields;
import dev.understudy.advisory.PackageKind;
import dev.understudy.advisory.PackageUrls;
import dev.understudy.advisory.Releases;
import java.util.HashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/// The product tree of one document: what each product id stands for. A component of a platform is
/// followed through relationships, also where the platform is itself one (a module's stream).
final class Products {
    private static final int DEEPEST = 8;

    private final Map<String, Leaf> leaves = new HashMap<>();
    private final Map<String, Link> links = new HashMap<>();

    /// @param purl, cpe empty where the tree gives none
    private record Leaf(String name, String purl, String cpe) {}

    private record Link(String component, String platform) {}

    /// A package of a platform.
    ///
    /// @param platform the product id of the platform, its own where there is none; and the module
    ///   stream if it is part of one
    /// @param release as hosts call it; the platform's id where no host runs it
    /// @param version empty where the product is named without
    /// @param module the module stream with what its purl adds to it; empty if it is of none
    record Product(
            String platform,
            String release,
            PackageKind kind,
            String name,
            String version,
            String module) {}

    private Products() {}

    static Products of(JsonNode tree) throws FeedException {
        Products products = new Products();
        for (JsonNode branch : tree.path("branches")) {
            products.addBranch(branch);
        }
        for (JsonNode product : tree.path("full_product_names")) {
            products.addLeaf(product);
        }
        for (JsonNode each : tree.path("relationships")) {
            products.addLink(each);
        }
        return products;
    }

    /// JSON is at most 64 deep here, so the recursion ends.
    private void addBranch(JsonNode branch) throws FeedException {
        if (branch.path("product").isObject()) {
            addLeaf(branch.path("product"));
        }
        for (JsonNode inner : branch.path("branches")) {
            addBranch(inner);
        }
    }

    private void addLeaf(JsonNode product) throws FeedException {
        JsonNode helper = product.path("product_identification_helper");
        leaves.put(
                id(product, "product_id"),
                new Leaf(
                        Fields.text(product, "name"),
                        Fields.text(helper, "purl"),
                        Fields.text(helper, "cpe")));
    }

    private void addLink(JsonNode relationship) throws FeedException {
        links.put(
                id(relationship.path("full_product_name"), "product_id"),
                new Link(
                        id(relationship, "product_reference"),
                        id(relationship, "relates_to_product_reference")));
    }

    private static String id(JsonNode of, String member) throws FeedException {
        String id = Fields.text(of, member);
        if (id.isEmpty() || id.length() > 500) {
            throw new FeedException("a product has the id '%s'".formatted(id));
        }
        return id;
    }

    /// @throws FeedException where the tree does not know the id, or goes in circles
    Product get(String id) throws FeedException {
        String component = end(id, Link::component);
        String platform = end(id, Link::platform);
        Leaf leaf = leaves.get(component);
        Leaf on = leaves.get(platform);
        if (leaf == null || on == null) {
            throw new FeedException("the product tree does not have product '%s'".formatted(id));
        }
        PackageUrls.Named named =
                PackageUrls.read(leaf.purl())
                        .orElseGet(
                                () ->
                                        new PackageUrls.Named(
                                                PackageKind.SOURCE, plain(component), "", "", ""));
        return new Product(
                cut(named.module().isEmpty() ? platform : platform + "/" + named.module()),
                Releases.ofCpe(on.cpe()).orElse("product:" + cut(platform)),
                named.kind(),
                named.name(),
                named.version(),
                named.module());
    }

    private String end(String id, java.util.function.Function<Link, String> way)
            throws FeedException {
        String at = id;
        for (int depth = 0; depth < DEEPEST; depth++) {
            Link link = links.get(at);
            if (link == null) {
                return at;
            }
            at = way.apply(link);
        }
        throw new FeedException("product '%s' is a part of itself".formatted(id));
    }

    /// Without what a name may not have; some product ids are sentences.
    private static String plain(String id) {
        return cut(id.replaceAll("[^A-Za-z0-9@/:._+-]+", "_"));
    }

    private static String cut(String id) {
        return id.length() > 200 ? id.substring(0, 200) : id;
    }
}
