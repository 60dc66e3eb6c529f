using Kappa.Curvature.Criteria;
using Kappa.Curvature.Operators;
using Kappa.LinearAlgebra.Solvers;
using Kappa.Networks.Models;
using Kappa.Randomness;
using Kappa.Tensors;
using Kappa.Training;

namespace Kappa.Benchmarks;

/// <summary>a, c and B of one sample added to 10,000: float32 by the structure of the added sample, and by differences of means, against float64.</summary>
internal static class CurvaturePrecision
{
    private const int K = 10_000;
    private const int Directions = 4;
    private const int Positions = 16;
    private static readonly TransformerOptions Options = new()
    {
        VocabularySize = 64, ContextLength = Positions, Width = 32, Layers = 2, Heads = 2, KeyHeads = 1
    };

    internal static int Run(string[] arguments)
    {
        int k = arguments.Contains("--quick") ? 1000 : K;
        var exact = Risk(DataType.Float64, k);
        var single = Risk(DataType.Float32, k);
        single.WriteParameters(exact.ReadParameters().To(DataType.Float32));
        exact.WriteParameters(single.ReadParameters().To(DataType.Float64));
        using var rounded = Lanczos.Solve(new HessianOperator(single, 0, 64), Directions).Eigenvectors;
        using var subspace = rounded.To(DataType.Float64).Keep();
        var truth = IncrementModels.At(exact, subspace, k);
        var ours = IncrementModels.At(single, rounded, k);
        var means = Means(single, rounded, k);
        Sheet.Table = $"Increments at k = {k:N0} in float32, {exact.Dimension:N0} parameters, D = {Directions}: relative error against float64";
        Say("structure of the added sample", ours.A, ours.C, [.. ours.B.Cast<double>()]);
        Say("differences of means", means.A, means.C, means.B);
        return 0;

        void Say(string how, double a, double[] c, double[] b)
        {
            string text = how;
            foreach (var (name, error) in (ReadOnlySpan<(string, double)>)
                [("a", Error([truth.A], [a])), ("c", Error(truth.C, c)), ("B", Error([.. truth.B.Cast<double>()], b))])
            {
                Sheet.Add(how, name, error, "0.0e0");
                text += $"  {name} {error:G2}";
            }
            Console.WriteLine(text);
        }
    }

    private static EmpiricalRisk Risk(DataType type, int k)
    {
        var model = new Transformer(Options, type);
        var generator = new Philox(3);
        foreach (var (_, tensor) in model.Parameters())
            tensor.CopyFromInPlace(Tensor.Normal(tensor.Shape, generator, 0, 1 / Math.Sqrt(tensor.Shape[1]), DataType.Float64).To(type));
        model.Eval();
        int[] Draw(ulong seed)
        {
            var source = new Philox(seed);
            return [.. Enumerable.Range(0, (k + 1) * Positions).Select(_ => source.NextInt32(Options.VocabularySize))];
        }

        var samples = new SampleSource(Tensor.From(Draw(1), [k + 1, Positions]).Keep(), Tensor.From(Draw(2), [k + 1, Positions]).Keep());
        return new EmpiricalRisk(model, Objective.Classification.Of, samples, new RiskOptions { BatchSize = 100 });
    }

    /// <summary>As the paper's code: float32 means over k and k + 1, and their difference.</summary>
    private static (double A, double[] C, double[] B) Means(EmpiricalRisk risk, Tensor subspace, int k)
    {
        using var scope = TensorScope.Begin();
        float a = (float)risk.Value(0, k + 1) - (float)risk.Value(0, k);
        float[] c = subspace.MatMul((risk.Gradient(0, k + 1) - risk.Gradient(0, k)).Reshape([1, risk.Dimension]), transposeB: true).ToArray<float>();
        var before = subspace.MatMul(new HessianOperator(risk, 0, k).MatMat(subspace), transposeB: true);
        var after = subspace.MatMul(new HessianOperator(risk, 0, k + 1).MatMat(subspace), transposeB: true);
        return (a, [.. c.Select(value => (double)value)], [.. (after - before).ToArray<float>().Select(value => (double)value)]);
    }

    private static double Error(double[] expected, double[] actual) =>
        Math.Sqrt(expected.Zip(actual, (x, y) => (x - y) * (x - y)).Sum() / expected.Sum(x => x * x));
}
