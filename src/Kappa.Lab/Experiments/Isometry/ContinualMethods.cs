using System.Diagnostics.CodeAnalysis;

namespace Kappa.Lab.Experiments.Isometry;

/// <summary>The methods that continual benchmarks compare. Each has three strengths to choose from, and the same learning rates.</summary>
internal static class ContinualMethods
{
    private static readonly double[] Decays = [0, 1e-2, 1e-1];

    /// <summary>Those that short benchmarks compare.</summary>
    internal static ContinualMethod[] Few => [Find("adamw"), Find("adamo"), Find("l2-init")];

    /// <summary>All but variants.</summary>
    internal static ContinualMethod[] Remedies => [.. All.Where(method => !method.IsVariant)];

    internal static IReadOnlyList<ContinualMethod> All { get; } =
    [
        new("adamw", "AdamW", "weight decay shrinks all singular values together", "weight decay", Decays) { Optimize = c => c.Adam(c.Strength) },
        new("adamo", "AdamO", "all singular values to one value", "lambda", [1e-2, 1e-1, 1]) { Optimize = c => c.Isometric(new() { Strength = c.Strength }) },
        new("adamo-every-10", "AdamO every 10 steps", "as AdamO, at a tenth of its cost: ten times the strength in every tenth step", "lambda", [1e-2, 1e-1, 1])
        {
            IsVariant = true,
            Optimize = c => c.Isometric(new() { Strength = 10 * c.Strength, Interval = 10 }),
        },
        new("coupled", "coupled orthogonality", "as AdamO, through Adam's moments", "lambda", [1e-5, 1e-4, 1e-3])
        {
            Optimize = c => c.Isometric(new() { Strength = c.Strength, Variant = IsometryVariant.Coupled }),
        },
        new("l2", "L2", "pulls all singular values towards 0", "lambda", [1e-5, 1e-4, 1e-3]) { Optimize = c => new L2(c.Adam(0), c.Strength) },
        new("l2-init", "L2-init", "pulls weights towards their start, which is orthogonal", "lambda", [1e-5, 1e-4, 1e-3])
        {
            Optimize = c => new L2Init(c.Adam(0), c.Strength),
        },
        new("shrink-and-perturb", "shrink and perturb", "shrinks the spectrum, and noise fills its lower end", "1 - shrinkage, for each task", [0.05, 0.2, 0.5])
        {
            Optimize = c => new ShrinkAndPerturb(
                c.Adam(0), c.Generator,
                new() { Interval = c.StepsPerTask, Shrinkage = 1 - c.Strength, Noise = Math.Sqrt(1 - ((1 - c.Strength) * (1 - c.Strength))) }),
        },
        new("redo", "ReDo", "dead units are rows of a Jacobian that are 0; they are drawn anew", "tau", [0.01, 0.03, 0.1])
        {
            Optimize = c => new ReDo(c.Adam(0), c.Model, c.Generator, new() { Interval = Math.Max(1, c.StepsPerTask / 2), Threshold = c.Strength }),
        },
        new("continual-backpropagation", "continual backpropagation", "rows of little effect are drawn anew", "replacement rate", [1e-5, 1e-4, 1e-3])
        {
            Optimize = c => new ContinualBackpropagation(c.Adam(0), c.Model, c.Generator, new() { ReplacementRate = c.Strength }),
        },
        new("crelu", "CReLU", "an activation that keeps the norm; weights are free", "weight decay", Decays)
        {
            Optimize = c => c.Adam(c.Strength),
            Activation = (_, _) => [new CReLU()],
            Widening = 2,
        },
        new("layer-norm", "LayerNorm", "one scale for each layer's output; its spectrum is free", "weight decay", Decays)
        {
            Optimize = c => c.Adam(c.Strength),
            Activation = (units, isFlat) => isFlat ? [new LayerNorm(units), new ReLU()] : [new ChannelLayerNorm(), new ReLU()],
        },
        new("spectral", "spectral regularisation", "the largest singular value to 1; the others are free", "lambda", [1e-4, 1e-3, 1e-2])
        {
            Optimize = c => new SpectralRegularization(c.Adam(0), c.Generator, new() { Strength = c.Strength }),
        },
    ];

    internal static bool TryFind(string name, [NotNullWhen(true)] out ContinualMethod? method) =>
        (method = All.FirstOrDefault(one => one.Name == name)) is not null;

    internal static ContinualMethod Find(string name) => TryFind(name, out var method) ? method
        : throw new ConfigException($"methods: {NearestName.Describe("method", name, All.Select(method => method.Name))}");
}
