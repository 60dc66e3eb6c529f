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

    private static (Module Model, int[] Input) Create(string name)
    {
        if (!name.StartsWith("deep", StringComparison.Ordinal))
            return RescalableNetworks.Create(name, DataType.Float64);
        int depth = int.Parse(name.Split(' ')[1], CultureInfo.InvariantCulture);
        var generator = new Philox(9);
        var layers = new List<Module>();
        for (int layer = 0; layer <= depth; layer++)
        {
            layers.Add(new Linear(3, 3, name.EndsWith("biased", StringComparison.Ordinal), type: DataType.Float64));
            foreach (var parameter in layers[^1].Parameters())
                generator.FillNormal(parameter.Tensor.Values<double>(), 0, Math.Exp(generator.NextNormal()));
            if (layer < depth)
                layers.Add(new ReLU());
        }

        return (new Sequential([.. layers]), [3]);
    }
}
