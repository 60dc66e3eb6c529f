using Kappa.Lab.Tasks.Models;
using Kappa.Lab.Tasks.Supervised;

namespace Kappa.Lab.Catalog;

/// <summary>The data sets that a training config may name.</summary>
public static class DataKinds
{
    /// <summary>Every one, in the order to list them.</summary>
    public static IReadOnlyList<DataKind> All { get; } =
        [TextDataKind.BrownCorpus, TextDataKind.Files, PictureDataKind.FashionMnist, PictureDataKind.HandwrittenDigits];

    internal static DataKind Of(KindConfig config) => All.Single(kind => kind.Name == config.Name);
}
