using Kappa.Curvature.Criteria;
using Kappa.Curvature.Operators;
using Kappa.LinearAlgebra.Operators;
using Kappa.LinearAlgebra.Solvers;
using Kappa.Networks;
using Kappa.Randomness;
using Kappa.Tensors;
using Kappa.Tests.Tensors.Devices;
using TorchSharp;

namespace Kappa.TorchSharp.Tests;

/// <summary>Curvature of a TorchSharp loss, against the same on a model of ours with the same weights, and against differences.</summary>
public sealed class TorchRiskTests
{
    private const int Samples = 7;

    private static readonly Dictionary<string, Func<EmpiricalRisk, SymmetricOperator>> Operators = new()
    {
        ["Hessian"] = risk => new HessianOperator(risk),
        ["Gauss-Newton"] = risk => new GaussNewtonOperator(risk),
        ["Fisher"] = risk => new EmpiricalFisherOperator(risk),
        ["increment"] = risk => new IncrementOperator(risk, 4),
    };

    public TorchRiskTests() => Libtorch.Require();

    public static TheoryData<string, string, bool> Cases()
    {
        var cases = new TheoryData<string, string, bool>();
        foreach (string name in Operators.Keys)
        {
            foreach (string kind in ModelPair.Kinds.Where(kind => kind != "sequence"))
            {
                cases.Add(name, kind, true);
                cases.Add(name, kind, false);
            }
        }

        return cases;
    }

    [SkippableTheory]
    [MemberData(nameof(Cases))]
    public void Each_operator_is_that_of_our_own_model(string name, string kind, bool classes)
    {
        foreach (var type in (DataType[])[DataType.Float64, DataType.Float32])
        {
            var (theirs, ours) = Risks(ModelPair.Make(kind, type, smooth: true, batch: Samples), classes);
            var vectors = Tensor.Normal([3, ours.Dimension], new Philox(8), type: type);
            var (expected, actual) = (Operators[name](ours).MatMat(vectors), Operators[name](theirs).MatMat(vectors));
            DeviceAgreement.RequireClose(
                expected.To(DataType.Float64).ToArray<double>(), actual.To(DataType.Float64).ToArray<double>(), type == DataType.Float64 ? 1e-9 : 1e-3, name);
        }
    }

    [SkippableFact]
    public void A_product_is_the_difference_of_gradients()
    {
        const double Step = 1e-5;
        var pair = ModelPair.Make("convolution", smooth: true, batch: Samples);
        var (risk, _) = Risks(pair, classes: true);
        var direction = Tensor.Normal([1, risk.Dimension], new Philox(8), type: DataType.Float64);
        double[] product = new HessianOperator(risk).MatMat(direction).ToArray<double>();
        double[] at = risk.ReadParameters().ToArray<double>(), along = direction.ToArray<double>();
        double[] Gradient(double step)
        {
            risk.WriteParameters(Tensor.From<double>([.. at.Zip(along, (value, slope) => value + (step * slope))], [risk.Dimension]));
            return risk.Gradient(0, Samples).ToArray<double>();
        }

        double[] differences = [.. Gradient(Step).Zip(Gradient(-Step), (after, before) => (after - before) / (2 * Step))];
        DeviceAgreement.RequireClose(differences, product, 1e-7, "the product");
    }

    [SkippableFact]
    public void Every_solver_runs_on_it()
    {
        var (theirs, ours) = Risks(ModelPair.Make("linear", smooth: true, batch: Samples), classes: true);
        var (top, expected) = (Lanczos.Solve(new HessianOperator(theirs), 3), Lanczos.Solve(new HessianOperator(ours), 3));
        Assert.True(top.Converged);
        DeviceAgreement.RequireClose([.. expected.Eigenvalues], [.. top.Eigenvalues], 1e-8, "the eigenvalues");
        Assert.Equal(
            TraceEstimator.Hutchinson(new HessianOperator(ours)).Trace, TraceEstimator.Hutchinson(new HessianOperator(theirs)).Trace, 1e-8);
        Assert.Equal(
            SpectralDensity.Estimate(new HessianOperator(ours)).Grid[0], SpectralDensity.Estimate(new HessianOperator(theirs)).Grid[0], 1e-6);
    }

    [SkippableFact]
    public void The_criteria_are_those_of_our_own_model()
    {
        var (theirs, ours) = Risks(ModelPair.Make("linear", smooth: true, batch: Samples), classes: true);
        var options = new CurvatureProbeOptions { Dimensions = [2, 3], Sizes = [2, 4, 6] };
        var (expected, actual) = (CurvatureProbe.Run(ours, options), CurvatureProbe.Run(theirs, options));
        Assert.Equal(expected.Curves.Count, actual.Curves.Count);
        foreach (var (own, their) in expected.Curves.Zip(actual.Curves))
            DeviceAgreement.RequireClose([.. own.Points.Select(point => point.Value)], [.. their.Points.Select(point => point.Value)], 1e-7, own.ToString());
        DeviceAgreement.RequireClose(
            [.. DirectMonteCarlo.InSubspace(ours, expected.Eigenpairs.Eigenvectors, [3], 0.1)[0].Increments],
            [.. DirectMonteCarlo.InSubspace(theirs, expected.Eigenpairs.Eigenvectors, [3], 0.1)[0].Increments], 1e-9, "the increments");
    }

    [SkippableFact]
    public void Frozen_parameters_are_left_out_and_unused_ones_have_no_curvature()
    {
        var pair = ModelPair.Make("linear", smooth: true, batch: Samples);
        pair.Theirs.named_parameters().First().parameter.requires_grad = false;
        var (risk, _) = Risks(pair, classes: false);
        Assert.DoesNotContain("first.weight", risk.Parameters.Select(parameter => parameter.Name));
        var unused = torch.nn.Parameter(torch.ones(3, dtype: torch.float64));
        var (x, y) = (ModelPair.Torch(pair.Inputs(1)), ModelPair.Torch(pair.Targets(1)));
        var wider = TorchRisk.Of(pair.Theirs.call, Mean, pair.Theirs.named_parameters().Append(("unused", unused)), x, y);
        foreach (var make in Operators.Values)
        {
            double[] product = make(wider).MatMat(Tensor.Ones([1, wider.Dimension], DataType.Float64)).ToArray<double>();
            Assert.Equal([0, 0, 0], product[^3..]);
            Assert.Contains(product, value => value != 0);
        }

        Assert.Equal(8, TorchRisk.Of(pair.Theirs, Mean, x, y, new RiskOptions { Parameters = "first" }).Dimension);
    }

    [SkippableFact]
    public void Parameters_or_data_that_libtorch_changed_are_noticed()
    {
        var pair = ModelPair.Make("linear", smooth: true, batch: Samples);
        var (x, y) = (ModelPair.Torch(pair.Inputs(1)), ModelPair.Torch(pair.Targets(1)));
        var risk = TorchRisk.Of(pair.Theirs, Mean, x, y);
        var vectors = Tensor.Ones([1, risk.Dimension], DataType.Float64);
        var hessian = new HessianOperator(risk);
        _ = hessian.MatMat(vectors);
        using (torch.no_grad())
            _ = x.add_(1);
        Assert.Throws<InvalidOperatorException>(() => hessian.MatMat(vectors));
        hessian = new HessianOperator(risk);
        using (torch.no_grad())
            _ = pair.Theirs.parameters().First().add_(1);
        Assert.Throws<InvalidOperatorException>(() => hessian.MatMat(vectors));
    }

    [SkippableFact]
    public void What_has_no_second_derivative_is_named()
    {
        var layer = torch.nn.Linear(4, 36);
        torch.Tensor Attend(torch.Tensor x)
        {
            var parts = layer.call(x).view(-1, 3, 4, 3).unbind(1);
            return torch.nn.functional.scaled_dot_product_attention(parts[0].unsqueeze(1), parts[1].unsqueeze(1), parts[2].unsqueeze(1)).flatten(1);
        }

        var (x, y) = (torch.randn(3, 4), torch.randn(3, 12));
        var risk = TorchRisk.Of(Attend, Mean, layer.named_parameters(), x, y);
        Assert.Contains("write it out", Assert.Throws<NotSupportedException>(() => new HessianOperator(risk)).Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void Bad_arguments_are_said()
    {
        var layer = torch.nn.Linear(4, 2);
        Assert.Contains("one first axis", Assert.Throws<ArgumentException>(
            () => TorchRisk.Of(layer, Mean, torch.ones(3, 4), torch.ones(2, 2))).Message, StringComparison.Ordinal);
        Assert.Contains("one number", Assert.Throws<ArgumentException>(
            () => TorchRisk.Of(layer, (output, target) => output - target, torch.ones(3, 4), torch.ones(3, 2))).Message, StringComparison.Ordinal);
        var dropout = torch.nn.Sequential(torch.nn.Linear(4, 2), torch.nn.Dropout());
        Assert.Throws<InvalidOperatorException>(() => TorchRisk.Of(dropout, Mean, torch.randn(64, 4), torch.randn(64, 2)));
        layer.weight.requires_grad = layer.bias!.requires_grad = false;
        Assert.Throws<ArgumentException>(() => TorchRisk.Of(layer, Mean, torch.ones(3, 4), torch.ones(3, 2)));
    }

    [SkippableFact]
    public void A_watched_model_is_left_alone_and_differentiates_twice_by_itself()
    {
        var (watched, plain) = (ModelPair.Make("linear", smooth: true, batch: Samples), ModelPair.Make("linear", smooth: true, batch: Samples));
        using var optimizer = new DoPr(torch.optim.SGD(watched.Theirs.parameters(), 0.1), watched.Theirs);
        var ((one, _), (other, _)) = (Risks(watched, classes: false), Risks(plain, classes: false));
        var vectors = Tensor.Ones([1, one.Dimension], DataType.Float64);
        double[] expected = new HessianOperator(other).MatMat(vectors).ToArray<double>();
        Assert.Equal(expected, new HessianOperator(one).MatMat(vectors).ToArray<double>());
        _ = one.Gradient(0, Samples);
        Assert.Equal(0, optimizer.Layers[0].Rows);
        watched.TheirLoss(1).backward();
        _ = optimizer.step();
        Assert.Equal(Samples, optimizer.Layers[0].Rows);

        using var hessian = TorchHessian.Of(() => watched.TheirLoss(1), watched.Theirs.parameters());
        using (torch.no_grad())
        {
            foreach (var (a, b) in watched.Theirs.parameters().Zip(plain.Theirs.parameters()))
                _ = b.copy_(a);
        }

        using var same = TorchHessian.Of(() => plain.TheirLoss(1), plain.Theirs.parameters());
        var there = vectors.To(TorchDevice.Cpu);
        DeviceAgreement.RequireClose(same.MatMat(there).ToArray<double>(), hessian.MatMat(there).ToArray<double>(), 1e-12, "the product");
    }

    [SkippableTheory]
    [InlineData("Hessian")]
    [InlineData("Gauss-Newton")]
    [InlineData("Fisher")]
    public void Memory_stays_flat(string name)
    {
        var (risk, _) = Risks(ModelPair.Make("convolution", smooth: true, batch: Samples), classes: true);
        var made = Operators[name](risk);
        Flat.Require(() =>
        {
            using var scope = TensorScope.Begin();
            _ = made.MatMat(Tensor.Ones([2, risk.Dimension], DataType.Float64));
        });
    }

    private static torch.Tensor Mean(torch.Tensor output, torch.Tensor target) => torch.nn.functional.mse_loss(output, target);

    private static (EmpiricalRisk Theirs, EmpiricalRisk Ours) Risks(ModelPair pair, bool classes)
    {
        var options = new RiskOptions { BatchSize = 3 };
        var (x, y) = (pair.Inputs(1), pair.Targets(1));
        var labels = Tensor.From<int>([.. Enumerable.Range(0, Samples).Select(i => i % 4)], [Samples]);
        var own = classes
            ? new EmpiricalRisk(pair.Ours, Loss.CrossEntropy, new SampleSource(x, labels), options)
            : new EmpiricalRisk(pair.Ours, Loss.MeanSquaredError, new SampleSource(x, y), options);
        var theirs = classes
            ? TorchRisk.Of(
                pair.Theirs, (output, target) => torch.nn.functional.cross_entropy(output, target), ModelPair.Torch(x), ModelPair.Torch(labels).to(torch.int64),
                options)
            : TorchRisk.Of(pair.Theirs, Mean, ModelPair.Torch(x), ModelPair.Torch(y), options);
        return (theirs, own);
    }
}
