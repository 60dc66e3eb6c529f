using System.Globalization;
using Kappa.Networks;
using Kappa.Networks.Activations;
using Kappa.Networks.Layers;
using Kappa.Randomness;
using Kappa.Rescaling;
using Kappa.Tensors;

namespace Kappa.Tests.Rescaling;

/// <summary>Sweeps that are called converged are: the scales are within the tolerance of the minimum, also where they creep towards it.</summary>
public sealed class ConvergenceTests
{
    public static TheoryData<string, double> Cases()
    {
        var cases = new TheoryData<string, double>();
        foreach (string name in RescalableNetworks.Names.Concat(["deep 8", "deep 20", "deep 40", "deep 20 biased"]))
        {
            foreach (double tolerance in new[] { 1e-2, 1e-4, 1e-6 })
                cases.Add(name, tolerance);
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Converged_scales_are_within_the_tolerance_of_the_minimum(string name, double tolerance)
    {
        var (model, input) = Create(name);
        foreach (var solve in (Func<RescalingOptions, RescalingResult>[])[options => PathConditioning.Analyse(model, options),
            options => EquiNormalization.Analyse(model, options)])
        {
            var options = new RescalingOptions { InputShape = input, Tolerance = tolerance, Sweeps = 100_000 };
            var minimum = solve(options with { Tolerance = 1e-13 });
            var result = solve(options);
            double error = minimum.LogScales.Zip(result.LogScales, (a, b) => Math.Abs(a - b)).Max();
            Assert.True(minimum.Converged && result.Converged);
            Assert.InRange(error, 0, 1.5 * tolerance);
        }
    }

    /// <summary>Chains whose slow modes hid behind fast ones: one in twenty stopped too early, by up to 150 times the tolerance, before it was asked that the
    /// estimate holds for some plain sweeps.</summary>
    [Fact]
    public void Random_chains_do_not_stop_before_they_are_there()
    {
        var early = new List<string>();
        // Of sixty seeds, those that have told every fault so far.
        for (ulong seed = 41; seed <= 60; seed++)
        {
            var (model, input) = Chain(3 + (int)(seed % 40), 2 + (int)(seed % 5), seed % 2 == 0, new Philox(seed));
            foreach (var solve in (Func<RescalingOptions, RescalingResult>[])[options => PathConditioning.Analyse(model, options),
                options => EquiNormalization.Analyse(model, options)])
            {
                var minimum = solve(new() { InputShape = input, Tolerance = 1e-13, Sweeps = 100_000 });
                foreach (double tolerance in new[] { 1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8 })
                {
                    var result = solve(new() { InputShape = input, Tolerance = tolerance, Sweeps = 100_000 });
                    double error = minimum.LogScales.Zip(result.LogScales, (a, b) => Math.Abs(a - b)).Max();
                    if (!(error <= 1.5 * tolerance))
                        early.Add(FormattableString.Invariant($"seed {seed}, tolerance {tolerance}: {error} from the minimum"));
                }
            }
        }

        Assert.True(early.Count == 0, string.Join("\n", early));
    }

    private static (Module Model, int[] Input) Create(string name)
    {
        if (!name.StartsWith("deep", StringComparison.Ordinal))
            return RescalableNetworks.Create(name, DataType.Float64);
        int depth = int.Parse(name.Split(' ')[1], CultureInfo.InvariantCulture);
        return Chain(depth, 3, name.EndsWith("biased", StringComparison.Ordinal), new Philox(9));
    }

    private static (Module Model, int[] Input) Chain(int depth, int width, bool isBiased, Philox generator)
    {
        var layers = new List<Module>();
        for (int layer = 0; layer <= depth; layer++)
        {
            layers.Add(new Linear(width, width, isBiased, type: DataType.Float64));
            foreach (var parameter in layers[^1].Parameters())
                generator.FillNormal(parameter.Tensor.Values<double>(), 0, Math.Exp(generator.NextNormal()));
            if (layer < depth)
                layers.Add(new ReLU());
        }

        return (new Sequential([.. layers]), [width]);
    }
}
