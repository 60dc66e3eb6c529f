namespace Kappa.Lab.Experiments.PathCond;

/// <summary>One training of a grid.</summary>
/// <param name="Network">The network's short name.</param>
/// <param name="Method">How it is rescaled.</param>
/// <param name="LearningRate">The learning rate.</param>
/// <param name="Seed">The initialisation and the order of examples.</param>
public sealed record GridTrial(string Network, string Method, double LearningRate, int Seed)
{
    /// <summary>The cell's key.</summary>
    public string Key => FormattableString.Invariant($"{Network}/{Method}/lr={Figures.Rate(LearningRate)}/seed={Seed}");
}
