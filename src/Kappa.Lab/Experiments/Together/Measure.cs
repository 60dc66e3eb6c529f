namespace Kappa.Lab.Experiments.Together;

/// <summary>A figure of a trained network.</summary>
/// <param name="Name">Its name in results.</param>
/// <param name="Title">What tables call it.</param>
/// <param name="IsRatio">Whether effects on it are factors; otherwise they are differences.</param>
internal sealed record Measure(string Name, string Title, bool IsRatio)
{
    internal static readonly Measure Speed = new("trainingLoss", "training loss, mean over the steps", true);
    internal static readonly Measure Deployed = new("deployed", "deployed", false);
    internal static readonly Measure Plasticity = new("memorised", "random answers right, last set", false);
    internal static readonly Measure Stabilization = new("delta", "Delta_2^(D)", true);
    internal static readonly Measure JacobianLargest = new("jacobianLargest", "largest singular value of the Jacobian", true);
    internal static readonly Measure JacobianRank = new("jacobianRank", "its effective rank, share", false);
    internal static readonly Measure Path = new("path", "path criterion above its minimum, per parameter", false);

    internal static IReadOnlyList<Measure> All { get; } = [Speed, Deployed, Plasticity, Stabilization, JacobianLargest, JacobianRank, Path];

    /// <summary>What effects are taken of.</summary>
    internal double Scaled(double value) => IsRatio ? Math.Log(value) : value;

    /// <summary>An effect as people read it: a factor, or a difference with its sign.</summary>
    internal FindingCell Cell(Interval? effect)
    {
        if (effect is null)
            return "–";
        var shown = IsRatio ? new Interval(Math.Exp(effect.Estimate), Math.Exp(effect.Low), Math.Exp(effect.High)) : effect;
        string Text(double value) => IsRatio ? $"× {Figures.Short(value)}" : value > 0 ? $"+{Figures.Short(value)}" : Figures.Short(value);
        return new FindingCell($"{Text(shown.Estimate)} [{Figures.Short(shown.Low)}, {Figures.Short(shown.High)}]")
        {
            Interval = shown, IsMarked = IsTold(effect),
        };
    }

    /// <summary>Whether an interval of an effect leaves out none.</summary>
    internal static bool IsTold(Interval effect) => effect.Low > 0 || effect.High < 0;
}
