using Kappa.LinearAlgebra.Solvers;
using Kappa.Networks;
using Kappa.Networks.Activations;
using Kappa.Networks.Layers;
using Kappa.Optimizers;
using Kappa.Preconditioning;
using Kappa.Randomness;
using Kappa.Rescaling;
using Kappa.Tensors;
using Kappa.Tests.Tensors.Devices;
using TorchSharp;

namespace Kappa.TorchSharp.Tests;

/// <summary>Methods on the models of TorchSharp, against the same on a model of ours with the same weights.</summary>
public sealed class DropInTests
{
    public DropInTests() => Libtorch.Require();

    [SkippableTheory]
    [InlineData(1)]
    [InlineData(2)]
    public void DoPr_takes_the_steps_that_it_takes_on_our_own_model(int uses)
    {
        var (theirs, ours) = Pair();
        var optimizer = new DoPr(torch.optim.SGD(theirs.parameters(), 0.1), theirs);
        var own = new Preconditioning.DoPr(
            new SGD(ours.Parameters(), 0.1), ours, new DoPrOptions { Form = PreconditioningForm.Primal });
        for (int step = 0; step < 3; step++)
        {
            for (int use = 0; use < uses; use++)
            {
                var (x, y) = (Data(40, 6, (ulong)(10 + step + use)), Data(40, 4, (ulong)(90 + step)));
                Loss.MeanSquaredError(ours.Forward(x), y).Backward();
                using var loss = torch.nn.functional.mse_loss(theirs.call(Torch(x)), Torch(y));
                loss.backward();
            }

            own.Step();
            own.ZeroGrad();
            optimizer.step();
            optimizer.zero_grad();
        }

        Assert.Equal(2, optimizer.Layers.Count);
        RequireSame(ours, theirs, 1e-9);
        optimizer.Dispose();
    }

    [SkippableFact]
    public void DoPr_says_what_it_does_not_take_and_which_layer_it_did_not_see()
    {
        var (theirs, _) = Pair();
        Assert.Contains("MovingAverage", Assert.Throws<NotSupportedException>(
            () => new DoPr(torch.optim.SGD(theirs.parameters(), 0.1), theirs, new DoPrOptions { MovingAverage = 0.5 })).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new DoPr(torch.optim.SGD(theirs.parameters(), 0.1), torch.nn.ReLU()));
        var optimizer = new DoPr(torch.optim.SGD(theirs.parameters(), 0.1), theirs);
        theirs.eval();
        theirs.call(Torch(Data(3, 6, 1))).sum().backward();
        Assert.Contains("call(x)", Assert.Throws<InvalidOperationException>(optimizer.step).Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void PathCond_rescales_a_Sequential_as_our_own_and_leaves_its_function()
    {
        var (theirs, ours) = Pair();
        var x = Torch(Data(5, 6, 1));
        double[] before = theirs.call(x).data<double>().ToArray();
        var (result, own) = (TorchPathConditioning.Rescale(theirs), PathConditioning.Rescale(ours));
        Assert.Equal(own.LogScales, result.LogScales);
        RequireSame(ours, theirs, 1e-15);
        DeviceAgreement.RequireClose(before, theirs.call(x).data<double>().ToArray(), 1e-12, "the outputs");
    }

    [SkippableFact]
    public void PathCond_names_a_layer_that_it_does_not_know()
    {
        var model = torch.nn.Sequential(("a", torch.nn.Linear(3, 4)), ("b", torch.nn.GELU()), ("c", torch.nn.Linear(4, 2)));
        string message = Assert.Throws<NotRescalableException>(() => TorchPathConditioning.Rescale(model)).Message;
        Assert.Contains("b is a GELU", message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void The_Hessian_of_a_loss_has_the_eigenvalues_of_our_own()
    {
        var (theirs, ours) = Pair(smooth: true);
        var (x, y) = (Data(9, 6, 1), Data(9, 4, 2));
        using var hessian = TorchHessian.Of(
            () => torch.nn.functional.mse_loss(theirs.call(Torch(x)), Torch(y)), theirs.parameters());
        var risk = new Curvature.Operators.EmpiricalRisk(ours, Loss.MeanSquaredError, new Curvature.Operators.SampleSource(x, y));
        var (expected, actual) = (Lanczos.Solve(new Curvature.Operators.HessianOperator(risk), 3), Lanczos.Solve(hessian, 3));
        Assert.True(actual.Converged);
        DeviceAgreement.RequireClose([.. expected.Eigenvalues], [.. actual.Eigenvalues], 1e-8, "the eigenvalues");
        Assert.Equal(TorchDevice.Cpu, actual.Eigenvectors.Device);
    }

    /// <summary>A model of either library with the same weights, in double precision.</summary>
    private static (global::TorchSharp.Modules.Sequential Theirs, Sequential Ours) Pair(bool smooth = false)
    {
        var ours = new Sequential(
            ("first", new Linear(6, 8, type: DataType.Float64)), ("activation", smooth ? new Tanh() : new ReLU()),
            ("last", new Linear(8, 4, type: DataType.Float64)));
        _ = ours.Initialize(new Philox(4));
        var theirs = torch.nn.Sequential(
            ("first", torch.nn.Linear(6, 8, dtype: torch.float64)), ("activation", smooth ? torch.nn.Tanh() : torch.nn.ReLU()),
            ("last", torch.nn.Linear(8, 4, dtype: torch.float64)));
        using var quiet = torch.no_grad();
        foreach (var (name, tensor) in theirs.named_parameters())
            _ = tensor.copy_(Torch(ours.StateDict()[name]));
        return (theirs, ours);
    }

    private static void RequireSame(Sequential ours, global::TorchSharp.Modules.Sequential theirs, double tolerance)
    {
        foreach (var (name, tensor) in theirs.named_parameters())
            DeviceAgreement.RequireClose(ours.StateDict()[name].ToArray<double>(), tensor.detach().data<double>().ToArray(), tolerance, name);
    }

    private static Tensor Data(int rows, int columns, ulong seed) => Tensor.Normal([rows, columns], new Philox(seed), type: DataType.Float64);

    private static torch.Tensor Torch(Tensor tensor) => tensor.To(TorchDevice.Cpu).AsTorch();
}
