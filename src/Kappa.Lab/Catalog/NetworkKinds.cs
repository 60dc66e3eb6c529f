using Kappa.Lab.Tasks.Models;

namespace Kappa.Lab.Catalog;

/// <summary>The models that a training config may name.</summary>
public static class NetworkKinds
{
    /// <summary>Every one, in the order to list them.</summary>
    public static IReadOnlyList<NetworkKind> All { get; } = [new TransformerKind(), new PerceptronKind(), new ConvolutionKind(), new ResNetKind()];

    internal static NetworkKind Of(KindConfig config) => All.Single(kind => kind.Name == config.Name);
}
