namespace Kappa.Lab.Studies.Predict;

/// <summary>Predicts one sort of data.</summary>
internal abstract class Predictor(Module model)
{
    /// <summary>The model, whose weights are loaded by who made this.</summary>
    internal Module Model { get; } = model;

    /// <summary>The names of the cells of a line.</summary>
    internal abstract IReadOnlyList<string> Columns { get; }

    /// <summary>How many of the first ones are texts; the rest are numbers.</summary>
    internal abstract int TextColumns { get; }

    internal abstract IEnumerable<IReadOnlyList<string>> Predict(string path, PredictionRequest request);

    private protected static IEnumerable<string> Headings(IEnumerable<string> classNames) => classNames.Select(name => $"p({name})");

    /// <summary>The probabilities of each class, a line for each example, as text.</summary>
    private protected static IEnumerable<string>[] Probabilities(Tensor scores)
    {
        float[] shares = scores.Softmax().ToArray<float>();
        return [.. shares.Chunk(scores.Shape[1]).Select(line => line.Select(share => share.ToString("R", CultureInfo.InvariantCulture)))];
    }
}
