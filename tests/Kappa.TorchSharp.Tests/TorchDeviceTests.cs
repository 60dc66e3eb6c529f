using Kappa.Randomness;
using Kappa.Tensors;
using Kappa.Tests.Networks;
using Kappa.Tests.Tensors.Derivatives;
using Kappa.Tests.Tensors.Devices;
using TorchSharp;

namespace Kappa.TorchSharp.Tests;

public sealed class TorchDeviceTests
{
    public TorchDeviceTests() => Libtorch.Require();

    [SkippableTheory]
    [MemberData(nameof(DerivativeCases.Names), MemberType = typeof(DerivativeCases))]
    public void Every_operation_and_its_derivatives_agree_with_those_on_the_host(string name)
    {
        DeviceAgreement.Require(DerivativeCases.Named(name), TorchDevice.Cpu, DataType.Float64, 1e-10);
        DeviceAgreement.Require(DerivativeCases.Named(name), TorchDevice.Cpu, DataType.Float32, 5e-5);
    }

    [SkippableTheory]
    [MemberData(nameof(NetworkCases.Names), MemberType = typeof(NetworkCases))]
    public void Every_module_computes_there_what_it_computes_on_the_host(string name)
    {
        using var scope = TensorScope.Begin();
        var (here, there) = (NetworkCases.Make(name).Initialize(new Philox(1)), NetworkCases.Make(name).Initialize(new Philox(1)));
        var input = NetworkCases.Input(name);
        var (expected, actual) = (here.Forward(input), there.To(TorchDevice.Cpu).Forward(input.To(TorchDevice.Cpu)));
        DeviceAgreement.RequireClose(
            expected.To(DataType.Float64).ToArray<double>(), actual.To(DataType.Float64).ToArray<double>(), 5e-6, name);
    }

    [SkippableFact]
    public void A_tensor_of_libtorch_is_taken_without_a_copy_and_given_back_so()
    {
        using var theirs = torch.arange(6, dtype: torch.float32).view(2, 3);
        var ours = theirs.AsKappa();
        Assert.Equal(new Shape(2, 3), ours.Shape);
        Assert.Equal(TorchDevice.Cpu, ours.Device);
        _ = theirs.add_(1);
        Assert.Equal([1, 2, 3, 4, 5, 6], ours.ToArray<float>());
        using var back = ours.AsTorch();
        _ = back.mul_(2);
        Assert.Equal([2, 4, 6, 8, 10, 12], theirs.data<float>().ToArray());
    }

    [SkippableFact]
    public void The_memory_lives_while_somebody_looks_at_it()
    {
        Tensor ours;
        using (torch.NewDisposeScope())
        {
            ours = torch.ones(4).AsKappa();
        }

        Assert.Equal([1, 1, 1, 1], ours.ToArray<float>());
        var theirs = ours.AsTorch();
        ours.Dispose();
        Assert.Equal(4, theirs.sum().item<float>());
        theirs.Dispose();
    }

    [SkippableFact]
    public void What_is_no_tensor_of_ours_is_an_error_that_says_what_to_do()
    {
        using var view = torch.ones(2, 3).t();
        Assert.Contains("contiguous()", Assert.Throws<ArgumentException>(() => view.AsKappa()).Message, StringComparison.Ordinal);
        using var half = torch.ones(2, dtype: torch.float16);
        Assert.Contains("Float16", Assert.Throws<ArgumentException>(() => half.AsKappa()).Message, StringComparison.Ordinal);
        Assert.Contains("TorchDevice.Cpu", Assert.Throws<ArgumentException>(() => Tensor.Ones([2]).AsTorch()).Message, StringComparison.Ordinal);
    }
}
