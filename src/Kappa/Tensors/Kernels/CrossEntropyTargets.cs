namespace Kappa.Tensors.Kernels;

/// <summary>
/// What rows of logits are held against. The share of class c in a row with label y is (1 - smoothing) w[y] where c = y, plus smoothing / classes w[c]; in a
/// row that is ignored there are none. The loss is the sum of shares times -log softmax, divided by the sum of w[y] over the rows that count.
/// </summary>
internal sealed class CrossEntropyTargets
{
    private readonly double _labelShare;
    private readonly int? _ignored;

    /// <summary>Prepares for so many classes. Labels are in range, or ignored.</summary>
    internal CrossEntropyTargets(Tensor labels, int classes, int? ignored, double smoothing, double[]? weights)
    {
        (Labels, _ignored, Weights) = (labels, ignored, weights);
        _labelShare = 1 - smoothing;
        Smoothing = smoothing / classes;
        Spread = Smoothing * (weights is null ? classes : weights.Sum());
        foreach (int label in labels.OnHost().ReadOnlyValues<int>())
            Weight += Counts(label) ? Of(label) : 0;
    }

    /// <summary>Int32, <c>[rows]</c>.</summary>
    internal Tensor Labels { get; }

    /// <summary>w, or null where all are 1.</summary>
    internal double[]? Weights { get; }

    /// <summary>What each class gets whatever the label, before its weight.</summary>
    internal double Smoothing { get; }

    /// <summary>What all classes together get so.</summary>
    internal double Spread { get; }

    /// <summary>What the rows that count weigh together.</summary>
    internal double Weight { get; }

    /// <summary>Whether a row with this label counts.</summary>
    internal bool Counts(int label) => label != _ignored;

    /// <summary>The weight of a class.</summary>
    internal double Of(int label) => Weights is null ? 1 : Weights[label];

    /// <summary>What the label's class gets on top of smoothing.</summary>
    internal double LabelShare(int label) => _labelShare * Of(label);

    /// <summary>What every class gets by smoothing.</summary>
    internal double SmoothShare(int label) => Smoothing * Of(label);
}
