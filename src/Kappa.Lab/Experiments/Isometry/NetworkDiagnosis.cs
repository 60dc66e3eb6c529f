namespace Kappa.Lab.Experiments.Isometry;

/// <summary>How a network stands at one moment.</summary>
/// <param name="Dormant">The share of hidden units whose mean magnitude is at most 0.025 of that of their layer (<see cref="DormantUnits"/>).</param>
/// <param name="EffectiveRank">That of the last hidden layer's activations over the probe.</param>
/// <param name="WeightNorm">The Euclidean norm of all weights together.</param>
/// <param name="SigmaMin">The smallest singular value of the weights of hidden layers; of the smaller side where they are not square.</param>
/// <param name="SigmaMax">The largest.</param>
/// <param name="JacobianMin">The smallest singular value of the Jacobian from input to output, averaged over some inputs.</param>
/// <param name="JacobianMax">The largest.</param>
/// <param name="KernelRank">The effective rank of the empirical tangent kernel on some inputs; at most their number.</param>
internal sealed record NetworkDiagnosis(
    double Dormant, double EffectiveRank, double WeightNorm, double SigmaMin, double SigmaMax, double JacobianMin, double JacobianMax, double KernelRank)
{
    internal const int KernelInputs = 16;
    private const int JacobianInputs = 4;

    /// <summary>The names of the numbers, as results and plots have them.</summary>
    internal static IReadOnlyList<(string Name, string Title, Func<NetworkDiagnosis, double> Of)> Numbers { get; } =
    [
        ("dormant", "dormant share of units", d => d.Dormant),
        ("effectiveRank", "effective rank of the last hidden layer", d => d.EffectiveRank),
        ("weightNorm", "norm of all weights", d => d.WeightNorm),
        ("sigmaMin", "smallest singular value of a hidden weight", d => d.SigmaMin),
        ("sigmaMax", "largest singular value of a hidden weight", d => d.SigmaMax),
        ("jacobianMin", "smallest singular value of the Jacobian", d => d.JacobianMin),
        ("jacobianMax", "largest singular value of the Jacobian", d => d.JacobianMax),
        ("kernelRank", $"effective rank of the tangent kernel on {KernelInputs} inputs", d => d.KernelRank),
    ];

    private static NetworkDiagnosis Unknown { get; } = new(double.NaN, double.NaN, double.NaN, double.NaN, double.NaN, double.NaN, double.NaN, double.NaN);

    /// <summary>A title that stands alone.</summary>
    internal static string Heading(string title) => char.ToUpperInvariant(title[0]) + title[1..];

    /// <summary>Looks at a chain of layers with inputs as the network takes them; all is NaN where a number is not finite.</summary>
    internal static NetworkDiagnosis Of(Sequential model, Tensor probe)
    {
        try
        {
            return Measure(model, probe);
        }
        catch (NonFiniteException)
        {
            return Unknown;
        }
    }

    private static NetworkDiagnosis Measure(Sequential model, Tensor probe)
    {
        using var scope = TensorScope.Begin();
        Tensor[] weights = [.. model.Parameters().Select(parameter => parameter.Tensor).Where(tensor => tensor.Rank >= 2)];
        double squares = weights.Sum(weight => weight.ToArray<float>().Sum(w => (double)w * w));
        SingularSpectrum[] hidden = [.. weights.SkipLast(1).Select(MatrixSpectrum.Of)];
        var activities = DormantUnits.Measure(model, probe);
        double dormant = activities.Sum(activity => activity.DormantFraction() * activity.Scores.Count)
            / Math.Max(1, activities.Sum(activity => activity.Scores.Count));
        SingularSpectrum[] jacobians =
            [.. Enumerable.Range(0, Math.Min(JacobianInputs, probe.Shape[0])).Select(row => JacobianSpectrum.Dense(model.Forward, probe.Slice(0, row, 1)))];
        var kernel = NeuralTangentKernel.Of(model, probe.Slice(0, 0, Math.Min(KernelInputs, probe.Shape[0])));
        return new NetworkDiagnosis(
            dormant, MatrixSpectrum.Of(LastHidden(model, probe)).EffectiveRank, Math.Sqrt(squares),
            hidden.Select(spectrum => spectrum.Smallest).DefaultIfEmpty(double.NaN).Min(),
            hidden.Select(spectrum => spectrum.Largest).DefaultIfEmpty(double.NaN).Max(),
            jacobians.Average(spectrum => spectrum.Smallest), jacobians.Average(spectrum => spectrum.Largest), kernel.EffectiveRank);
    }

    /// <summary>What the last module takes, <c>[n, features]</c>.</summary>
    private static Tensor LastHidden(Sequential model, Tensor probe)
    {
        using var outside = NoGradient.Begin();
        return model.Children.SkipLast(1).Aggregate(probe, (x, child) => child.Module.Forward(x));
    }
}
