namespace Kappa.Lab.Studies.Train;

/// <summary>A file of weights that <c>kappa train</c> need not have written, and what is needed to read it.</summary>
/// <param name="WeightsPath">A safetensors file.</param>
/// <param name="DescriptionPath">
/// A JSON file that describes the model: the config of a run, or its <c>model</c> alone, such as <c>{ "name": "mlp", "hidden": [256, 256] }</c>; without a name
/// it is a perceptron, as in a config of <c>kappa compare</c>. Where the data is needed as well, <c>{ "model": ..., "data": ... }</c>, as in a config of
/// <c>kappa train</c>.
/// </param>
public sealed record WeightsRequest(string WeightsPath, string DescriptionPath)
{
    /// <summary>How the tensors of the file find those of the model.</summary>
    public ImportOptions Import { get; init; } = new() { Match = ImportMatch.NameElseShape };

    /// <summary>The shape of one picture, <c>[channels, height, width]</c>. Null: as the description says. Perceptrons need none.</summary>
    public IReadOnlyList<int>? InputShape { get; init; }
}
