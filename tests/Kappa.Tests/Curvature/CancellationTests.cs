using Kappa.Curvature.Criteria;
using Kappa.Curvature.Operators;
using Kappa.LinearAlgebra.Operators;
using Kappa.LinearAlgebra.Solvers;
using Kappa.Tensors;
using Kappa.Tests.LinearAlgebra;

namespace Kappa.Tests.Curvature;

/// <summary>Every solver and estimator stops at the next product, batch or point, says how far it is, and leaves the model as it was.</summary>
public sealed class CancellationTests
{
    private static readonly Dictionary<string, Action<SymmetricOperator, CancellationToken, IProgress<SolverProgress>?>> Solvers = new()
    {
        ["Lanczos"] = (matrix, token, progress) => Lanczos.Solve(matrix, 6, new LanczosOptions { BlockSize = 1, Tolerance = 1e-10 }, token, progress),
        ["power iteration"] = (matrix, token, progress) => PowerIteration.Solve(matrix, 3, new PowerIterationOptions { Tolerance = 1e-12 }, token, progress),
        ["density"] = (matrix, token, progress) => SpectralDensity.Estimate(matrix, new DensityOptions { BlockSize = 1, Steps = 10 }, token, progress),
        ["Hutchinson"] = (matrix, token, progress) => TraceEstimator.Hutchinson(matrix, new TraceOptions { BlockSize = 1, Products = 40 }, token, progress),
        ["Hutch++"] = (matrix, token, progress) => TraceEstimator.HutchPlusPlus(matrix, new TraceOptions { BlockSize = 1, Products = 40 }, token, progress),
    };

    private static readonly Dictionary<string, Action<EmpiricalRisk, Tensor, CancellationToken, IProgress<SolverProgress>?>> Criteria = new()
    {
        ["increments"] = (risk, subspace, token, progress) => IncrementModels.Along(risk, subspace, [2, 9], 2, token, progress),
        ["full space"] = (risk, _, token, progress) => FullSpaceModels.Along(risk, [2, 9], 2, 2, 0, token, progress),
        ["direct, subspace"] = (risk, subspace, token, progress) => DirectMonteCarlo.InSubspace(risk, subspace, [2, 9], 1e-2, 20, 0, token, progress),
        ["direct, full space"] = (risk, _, token, progress) => DirectMonteCarlo.InFullSpace(risk, [2, 9], 1e-2, 20, 0, token, progress),
        ["range of sigma"] = (risk, subspace, token, progress) =>
            SigmaRangeSearch.Find(risk, subspace, IncrementModels.At(risk, subspace, 9, token), [1e-3, 1e-2], 4, cancellation: token, progress: progress),
        ["probe"] = (risk, _, token, progress) =>
            CurvatureProbe.Run(risk, new CurvatureProbeOptions { Sizes = [2, 9], Dimensions = [2] }, token, progress).Dispose(),
    };

    public static TheoryData<string, int> SolverMoments => Moments(Solvers.Keys, 1, 2, 11, 30);

    public static TheoryData<string, int> CriteriaMoments => Moments(Criteria.Keys, 1, 2, 5);

    public static TheoryData<string> SolverNames => [.. Solvers.Keys];

    public static TheoryData<string> CriteriaNames => [.. Criteria.Keys];

    [Theory]
    [MemberData(nameof(SolverMoments))]
    public void A_solver_that_is_cancelled_during_a_product_begins_no_other(string name, int moment)
    {
        using var known = Matrix();
        using var source = new CancellationTokenSource();
        int products = 0;
        // The first two products are the operator's own check.
        var matrix = new DelegateOperator(80, DataType.Float64, vectors =>
        {
            if (++products == moment + 2)
                source.Cancel();
            return known.Operator.MatMat(vectors);
        });
        _ = Assert.Throws<OperationCanceledException>(() => Solvers[name](matrix, source.Token, null));
        Assert.Equal(moment, matrix.ProductCount);
    }

    [Theory]
    [MemberData(nameof(CriteriaMoments))]
    public void A_criterion_that_is_cancelled_while_it_reads_samples_reads_no_more_and_puts_the_parameters_back(string name, int moment)
    {
        var network = new SmallNetwork();
        using var source = new CancellationTokenSource();
        int reads = 0;
        bool counts = false;
        var samples = new SampleSource(SmallNetwork.Samples, (first, count) =>
        {
            if (counts && ++reads == moment)
                source.Cancel();
            return network.Source.Read(first, count);
        });
        var risk = new EmpiricalRisk(network.Model, Kappa.Networks.Loss.CrossEntropy, samples, new RiskOptions { BatchSize = 3 });
        using var subspace = Lanczos.Solve(new HessianOperator(risk), 2).Eigenvectors;
        double[] before = risk.ReadParameters().ToArray<double>();
        counts = true;
        _ = Assert.Throws<OperationCanceledException>(() => Criteria[name](risk, subspace, source.Token, null));
        // A product of the probe's Hessian is over several batches, and making it reads each once more, and the first for its check.
        Assert.InRange(reads, moment, moment + (name == "probe" ? 12 : 0));
        Assert.Equal(before, risk.ReadParameters().ToArray<double>());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void A_gradient_and_a_model_of_known_eigenpairs_stop_at_the_next_batch(int moment)
    {
        var network = new SmallNetwork();
        var source = new CancellationTokenSource();
        int reads = int.MinValue;
        var samples = new SampleSource(SmallNetwork.Samples, (first, count) =>
        {
            if (++reads == moment)
                source.Cancel();
            return network.Source.Read(first, count);
        });
        var risk = new EmpiricalRisk(network.Model, Kappa.Networks.Loss.CrossEntropy, samples, new RiskOptions { BatchSize = 3 });
        using var pairs = Lanczos.Solve(new HessianOperator(risk, 0, 9), 2);
        Action[] works = [() => risk.Gradient(0, 12, source.Token), () => IncrementModels.At(risk, pairs, 9, source.Token)];
        foreach (var work in works)
        {
            (source, reads) = (new CancellationTokenSource(), 0);
            _ = Assert.Throws<OperationCanceledException>(work);
            Assert.Equal(moment, reads);
            source.Dispose();
        }
    }

    [Theory]
    [MemberData(nameof(SolverNames))]
    public void A_solver_says_how_far_it_is_after_each_product(string name)
    {
        using var matrix = Matrix();
        var said = new Progress();
        Solvers[name](matrix.Operator, default, said);
        Assert.Equal(matrix.Operator.PassCount - (name == "power iteration" ? 1 : 0), said.Values.Count);
        Assert.Equal(matrix.Operator.ProductCount - (name == "power iteration" ? 3 : 0), said.Values[^1].Products);
        Assert.All(said.Values, value => Assert.InRange(value.Share, 0, 1));
        Assert.All(said.Values.Zip(said.Values.Skip(1)), pair => Assert.True(pair.Second.Products > pair.First.Products));
        if (name == "Lanczos")
        {
            Assert.Equal(1, said.Values[^1].Share);
            Assert.True(said.Values[3].Residual > 1e-3);
        }
    }

    [Theory]
    [MemberData(nameof(CriteriaNames))]
    public void A_criterion_says_how_far_it_is_and_ends_at_one(string name)
    {
        var risk = new SmallNetwork().Risk(3);
        using var subspace = Lanczos.Solve(new HessianOperator(risk), 2).Eigenvectors;
        var said = new Progress();
        Criteria[name](risk, subspace, default, said);
        Assert.Equal(1, said.Values[^1].Share, 1e-12);
        Assert.All(said.Values.Zip(said.Values.Skip(1)), pair => Assert.True(pair.Second.Share >= pair.First.Share || name == "probe"));
    }

    private static KnownMatrix Matrix() => new([.. Enumerable.Range(0, 80).Select(i => 10 * Math.Cos(i))]);

    private static TheoryData<string, int> Moments(IEnumerable<string> names, params int[] moments)
    {
        var data = new TheoryData<string, int>();
        foreach (string name in names)
        {
            foreach (int moment in moments)
                data.Add(name, moment);
        }

        return data;
    }

    private sealed class Progress : IProgress<SolverProgress>
    {
        internal List<SolverProgress> Values { get; } = [];

        public void Report(SolverProgress value) => Values.Add(value);
    }
}
