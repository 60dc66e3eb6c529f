namespace Kappa.Data.Text;

/// <summary>What lists of documents can do.</summary>
public static class TextDocuments
{
    /// <summary>Parts documents in two at random, whole ones, so that no document is on both sides.</summary>
    /// <param name="documents">All documents, at least 2.</param>
    /// <param name="validationShare">The share for validation, above 0 and below 1; rounded, but at least one document on each side.</param>
    /// <param name="generator">Decides which; it advances. The same seed gives the same parts.</param>
    /// <returns>The parts; each keeps its order.</returns>
    public static (IReadOnlyList<TextDocument> Training, IReadOnlyList<TextDocument> Validation) Split(
        this IReadOnlyList<TextDocument> documents, double validationShare, Philox generator)
    {
        ArgumentNullException.ThrowIfNull(documents);
        ArgumentNullException.ThrowIfNull(generator);
        if (documents.Count < 2)
            throw new ArgumentException($"expected at least 2 documents, so that neither part is empty; got {documents.Count}", nameof(documents));
        if (validationShare is not (> 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(validationShare), validationShare, "expected a share above 0 and below 1");
        int count = Math.Clamp((int)Math.Round(validationShare * documents.Count), 1, documents.Count - 1);
        int[] order = [.. Enumerable.Range(0, documents.Count)];
        generator.Shuffle(order);
        return ([.. order[count..].Order().Select(i => documents[i])], [.. order[..count].Order().Select(i => documents[i])]);
    }
}
