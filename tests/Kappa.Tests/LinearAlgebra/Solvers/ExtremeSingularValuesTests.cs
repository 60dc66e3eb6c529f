using Kappa.Diagnostics;
using Kappa.LinearAlgebra.Operators;
using Kappa.LinearAlgebra.Solvers;
using Kappa.Networks;
using Kappa.Networks.Layers;
using Kappa.Randomness;
using Kappa.Tensors;

namespace Kappa.Tests.LinearAlgebra.Solvers;

/// <summary>Extreme singular values that are called converged are the extreme ones, and diagnostics neither overflow nor vanish.</summary>
public sealed class ExtremeSingularValuesTests
{
    private static readonly Dictionary<string, Func<int, double>> Spectra = new()
    {
        ["one above a tight cluster"] = i => i == 0 ? 1.0004 : 1 - (1e-6 * i),
        ["one below a tight cluster"] = i => i == 0 ? 0.9996 : 1 + (1e-6 * i),
        ["a pair at either end"] = i => i < 2 ? 2 : i < 4 ? 0.5 : 1 + (1e-3 * Math.Sin(i)),
        ["close at the top"] = i => 1 - (1e-3 * i / 80),
        ["decaying"] = i => Math.Exp(-0.1 * i),
        ["low rank"] = i => i < 5 ? 1.0 + i : 0,
        ["identity"] = _ => 1,
        ["zero"] = _ => 0,
        ["uniform"] = i => i / 80.0,
    };

    public static TheoryData<string, double> Cases()
    {
        var cases = new TheoryData<string, double>();
        foreach (string name in Spectra.Keys)
        {
            foreach (double scale in new[] { 1e-200, 1e-30, 1, 1e30, 1e200 })
                cases.Add(name, scale);
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void What_is_called_converged_is_the_end_of_the_spectrum(string name, double scale)
    {
        const int Size = 80;
        double[] values = [.. Enumerable.Range(0, Size).Select(i => Spectra[name](i))];
        double[] diagonal = [.. values.Select(value => value * scale)];
        var matrix = new DiagonalOperator(diagonal);
        double largest = values.Max(), smallest = values.Min();
        foreach (int most in new[] { 5, 10, 20, 40, 80 })
        {
            foreach (double tolerance in new[] { 1e-2, 1e-4, 1e-8 })
            {
                for (int seed = 0; seed < 3; seed++)
                {
                    var found = GolubKahan.Solve(matrix, new GolubKahanOptions { MaximumIterations = most, Tolerance = tolerance, Seed = seed });
                    if (found.LargestConverged)
                        Assert.InRange(Math.Abs((found.Largest / scale) - largest), 0, (tolerance + 1e-12) * largest);
                    if (found.SmallestConverged)
                        Assert.InRange(Math.Abs((found.Smallest / scale) - smallest), 0, (tolerance + 1e-12) * largest);
                    Assert.True(most < Size || (found.LargestConverged && found.SmallestConverged));
                }
            }
        }
    }

    [Theory]
    [InlineData(1e-30)]
    [InlineData(1e-24)]
    [InlineData(1)]
    [InlineData(1e25)]
    public void Diagnostics_of_weights_scale_with_them(double scale)
    {
        var unit = Of(1);
        var scaled = Of(scale);
        Assert.Equal(unit.Norm, scaled.Norm / scale, 1e-5 * unit.Norm);
        Assert.Equal(unit.Update!.Value, scaled.Update!.Value / scale, 1e-5 * unit.Norm);
        Assert.Equal(unit.Largest, scaled.Largest / scale, 1e-5 * unit.Largest);
        Assert.Equal(unit.StableRank, scaled.StableRank, 1e-4 * unit.StableRank);
        Assert.Equal(unit.EffectiveRank!.Value, scaled.EffectiveRank!.Value, 1e-4 * unit.EffectiveRank.Value);
        Assert.Equal(unit.Condition!.Value, scaled.Condition!.Value, 1e-3 * unit.Condition.Value);

        static WeightDiagnostics Of(double scale)
        {
            var model = new Sequential(new Linear(5, 4, false));
            var weight = model.Parameters()[0].Tensor;
            new Philox(1).FillNormal(weight.Values<float>(), 0, (float)scale);
            var diagnostics = new TrainingDiagnostics(
                model, Tensor.Ones([3, 5]), new DiagnosticsOptions { Observe = Observe.Every(1), JacobianInputs = 0, KernelInputs = 0 });
            diagnostics.BeforeStep(0);
            foreach (ref float value in weight.Values<float>())
                value *= 1.125f;
            return Assert.Single(diagnostics.Measure(1).Weights);
        }
    }

    [Theory]
    [InlineData(1e-25)]
    [InlineData(1e-12)]
    [InlineData(1e22)]
    public void A_tangent_kernel_of_tiny_or_huge_gradients_has_their_squares(double scale)
    {
        var model = new Sequential(new Linear(6, 3, false));
        var inputs = Tensor.Normal([4, 6], new Philox(2));
        using var unit = NeuralTangentKernel.Compute(model, inputs);
        using var scaled = NeuralTangentKernel.Compute(model, inputs * scale);
        for (int i = 0; i < unit.Count; i++)
            Assert.Equal(unit.Values<double>()[i], scaled.Values<double>()[i] / scale / scale, 1e-4 * Math.Abs(unit.Values<double>()[0]));
        Assert.InRange(NeuralTangentKernel.Of(model, inputs * scale).EffectiveRank, 1, 4);
    }

    [Theory]
    [InlineData(1e-250)]
    [InlineData(1e250)]
    public void Ranks_do_not_depend_on_the_scale(double scale)
    {
        double[] values = [3, 2, 1];
        var (unit, scaled) = (new SingularSpectrum(values), new SingularSpectrum([.. values.Select(value => value * scale)]));
        Assert.Equal(unit.EffectiveRank, scaled.EffectiveRank, 1e-12);
        Assert.Equal(unit.StableRank, scaled.StableRank, 1e-12);
    }

    private sealed class DiagonalOperator(double[] diagonal) : SymmetricOperator(diagonal.Length, DataType.Float64)
    {
        protected override Tensor ApplyCore(Tensor vectors) =>
            Tensor.From([.. vectors.ToArray<double>().Select((x, i) => x * diagonal[i % diagonal.Length])], vectors.Shape);
    }
}
