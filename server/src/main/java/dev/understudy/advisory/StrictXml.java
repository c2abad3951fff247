package dev.understudy.advisory;

import java.io.InputStream;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/// XML of feeds, read as a stream, with nothing in it that XML could reach out by or grow by:
/// document types, entities of any kind and external references are errors.
public final class StrictXml implements AutoCloseable {
    private static final int DEEPEST = 40;
    private static final int LONGEST = 64 << 10;

    private final XMLStreamReader xml;
    private int depth;

    private StrictXml(XMLStreamReader xml) {
        this.xml = xml;
    }

    public static StrictXml of(InputStream in) throws FeedException {
        XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        factory.setProperty(XMLInputFactory.IS_REPLACING_ENTITY_REFERENCES, false);
        factory.setProperty(XMLInputFactory.IS_COALESCING, true);
        factory.setXMLResolver(
                (_, _, _, _) -> {
                    throw new XMLStreamException("it refers to something outside of itself");
                });
        try {
            return new StrictXml(factory.createXMLStreamReader(in));
        } catch (XMLStreamException e) {
            throw told(e);
        }
    }

    /// Goes on to the next start of an element; false at the end of the document.
    public boolean next() throws FeedException {
        try {
            while (xml.hasNext()) {
                switch (xml.next()) {
                    case XMLStreamConstants.START_ELEMENT -> {
                        if (++depth > DEEPEST) {
                            throw new FeedException(
                                    "its elements are nested more than %d deep".formatted(DEEPEST));
                        }
                        return true;
                    }
                    case XMLStreamConstants.END_ELEMENT -> depth--;
                    case XMLStreamConstants.DTD, XMLStreamConstants.ENTITY_REFERENCE ->
                            throw new FeedException(
                                    "it has a document type or an entity, which no feed needs");
                    default -> {
                        // Text, comments and the like between elements.
                    }
                }
            }
            return false;
        } catch (XMLStreamException | RuntimeException e) {
            throw told(e);
        }
    }

    public String element() {
        return xml.getLocalName();
    }

    /// How deep the current element is; the root is 1.
    public int depth() {
        return depth;
    }

    /// The attribute, without what a database or a terminal would choke on; empty if missing.
    public String attribute(String name) {
        String value = xml.getAttributeValue(null, name);
        return value == null ? "" : Fields.clean(value);
    }

    /// The text of the current element, whatever elements are in it; its end is read over.
    public String text() throws FeedException {
        StringBuilder text = new StringBuilder();
        int end = depth - 1;
        try {
            while (depth > end && xml.hasNext()) {
                switch (xml.next()) {
                    case XMLStreamConstants.START_ELEMENT -> depth++;
                    case XMLStreamConstants.END_ELEMENT -> depth--;
                    case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA -> {
                        if (text.length() < LONGEST) {
                            text.append(xml.getText());
                        }
                    }
                    case XMLStreamConstants.DTD, XMLStreamConstants.ENTITY_REFERENCE ->
                            throw new FeedException("it has an entity, which no feed needs");
                    default -> {
                        // Comments and the like.
                    }
                }
            }
        } catch (XMLStreamException | RuntimeException e) {
            throw told(e);
        }
        return Fields.clean(text.toString().strip());
    }

    private static FeedException told(Exception e) {
        return new FeedException(
                "it is not XML: " + Fields.clean(String.valueOf(e.getMessage())), e);
    }

    @Override
    public void close() throws FeedException {
        try {
            xml.close();
        } catch (XMLStreamException e) {
            throw told(e);
        }
    }
}
