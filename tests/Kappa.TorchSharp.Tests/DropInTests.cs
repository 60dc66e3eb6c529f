using Kappa.LinearAlgebra.Solvers;
using Kappa.Networks;
using Kappa.Networks.Activations;
using Kappa.Networks.Layers;
using Kappa.Randomness;
using Kappa.Tensors;
using Kappa.Tests.Tensors.Devices;
using TorchSharp;

namespace Kappa.TorchSharp.Tests;

/// <summary>Methods on the models of TorchSharp, against the same on a model of ours with the same weights.</summary>
public sealed class DropInTests
{
    public DropInTests() => Libtorch.Require();

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

    private static Tensor Data(int rows, int columns, ulong seed) => Tensor.Normal([rows, columns], new Philox(seed), type: DataType.Float64);

    private static torch.Tensor Torch(Tensor tensor) => tensor.To(TorchDevice.Cpu).AsTorch();
}
