using Kappa.Networks.Layers;
using Kappa.Randomness;
using Kappa.Tensors;
using Kappa.Tests.Tensors.Derivatives;
using Kappa.Tests.Tensors.Devices;
using TorchSharp;

namespace Kappa.TorchSharp.Tests;

/// <summary>Normalisations by libtorch's kernels, on sizes of networks.</summary>
public sealed class NormalizationTests
{
    public NormalizationTests() => Libtorch.Require();

    private static Dictionary<string, DerivativeCase> Cases { get; } = new DerivativeCase[]
    {
        new("layer norm", nameof(Tensor.LayerNorm), [[16, 96]], x => (x[0] + 3.0).LayerNorm(1e-5)),
        new("RMS norm", nameof(Tensor.RmsNorm), [[16, 96]], x => (x[0] + 3.0).RmsNorm(1e-5)),
        new("batch norm", nameof(Tensor.BatchNorm), [[8, 6, 5, 7], [6], [6]], x => (x[0] + 3.0).BatchNorm(x[1], x[2], 1e-5)),
        new("batch norm of vectors", nameof(Tensor.BatchNorm), [[32, 12], [12], [12]], x => (x[0] + 3.0).BatchNorm(x[1], x[2], 1e-5)),
        new("batch norm without parameters", nameof(Tensor.BatchNorm), [[8, 6, 9]], x => (x[0] + 3.0).BatchNorm(null, null, 1e-5)),
    }.ToDictionary(entry => entry.Name);

    public static TheoryData<string> Names => [.. Cases.Keys];

    [SkippableTheory]
    [MemberData(nameof(Names))]
    public void Values_and_derivatives_of_both_orders_agree_with_those_on_the_host(string name)
    {
        DeviceAgreement.Require(Cases[name], TestedDevice.Current, DataType.Float64, 1e-9);
        DeviceAgreement.Require(Cases[name], TestedDevice.Current, DataType.Float32, 1e-4);
    }

    [SkippableFact]
    public void Layer_norm_has_the_bits_of_libtorch()
    {
        var x = Tensor.Normal([16, 96], new Philox(1), device: TorchDevice.Cpu);
        using var theirs = torch.nn.functional.layer_norm(x.AsTorch(), [96], null, null, 1e-5);
        Assert.Equal(theirs.data<float>().ToArray(), x.LayerNorm(1e-5).ToArray<float>());
    }

    [SkippableFact]
    public void Batch_norm_and_its_running_statistics_are_those_of_libtorch()
    {
        var x = Tensor.Normal([8, 6, 5, 7], new Philox(1), 2, 3, device: TorchDevice.Cpu);
        var layer = new BatchNorm2d(6);
        _ = layer.To(TorchDevice.Cpu);
        using var mean = torch.zeros(6);
        using var variance = torch.ones(6);
        using var theirs = torch.nn.functional.batch_norm(x.AsTorch(), mean, variance, torch.ones(6), torch.zeros(6), true, 0.1, 1e-5);
        Assert.Equal(theirs.contiguous().data<float>().ToArray(), layer.Forward(x).ToArray<float>());
        var state = layer.StateDict();
        DeviceAgreement.RequireClose(Numbers(mean), state["running_mean"].To(DataType.Float64).ToArray<double>(), 1e-6, "running_mean");
        DeviceAgreement.RequireClose(Numbers(variance), state["running_var"].To(DataType.Float64).ToArray<double>(), 1e-6, "running_var");
    }

    [SkippableTheory]
    [InlineData(DataType.Float32, 1e-4)]
    [InlineData(DataType.Float64, 1e-12)]
    public void Matrices_of_several_sizes_are_factored_at_once(DataType type, double tolerance) =>
        BatchedFactors.Require(TestedDevice.Current, type, tolerance);

    private static double[] Numbers(torch.Tensor tensor) => [.. tensor.data<float>().ToArray().Select(value => (double)value)];
}
