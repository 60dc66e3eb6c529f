using System.Reflection;
using Kappa.Networks;
using Kappa.Networks.Models;
using Kappa.Randomness;
using Kappa.Tensors;
using Kappa.Tensors.Cpu;
using Kappa.Tensors.Kernels;
using Kappa.Tests.Networks;
using Kappa.Tests.Tensors.Derivatives;

namespace Kappa.Tests.Tensors.Devices;

/// <summary>Tensors on a device whose memory the host cannot reach.</summary>
public sealed class DeviceTests
{
    private static Device Other => ReferenceBackend.Device;

    [Theory]
    [MemberData(nameof(DerivativeCases.Names), MemberType = typeof(DerivativeCases))]
    public void Every_operation_and_its_derivatives_agree_with_those_on_the_host(string name) =>
        DeviceAgreement.Require(DerivativeCases.Named(name), Other, DataType.Float64, 1e-10);

    [Theory]
    [MemberData(nameof(DerivativeCases.Names), MemberType = typeof(DerivativeCases))]
    public void And_in_single_precision(string name) => DeviceAgreement.Require(DerivativeCases.Named(name), Other, DataType.Float32, 5e-5);

    [Theory]
    [MemberData(nameof(NetworkCases.Names), MemberType = typeof(NetworkCases))]
    public void Every_module_computes_there_what_it_computes_on_the_host(string name)
    {
        using var scope = TensorScope.Begin();
        var (here, there) = (NetworkCases.Make(name).Initialize(new Philox(1)), NetworkCases.Make(name).Initialize(new Philox(1)));
        _ = there.To(Other);
        var input = NetworkCases.Input(name);
        var (expected, actual) = (here.Forward(input), there.Forward(input.To(Other)));
        Assert.Equal(Other, actual.Device);
        DeviceAgreement.RequireClose(Numbers(expected), Numbers(actual), 5e-6, name);
        Assert.Equal(expected.RequiresGradient, actual.RequiresGradient);
        if (!expected.RequiresGradient)
            return;
        expected.Square().Sum().Backward();
        actual.Square().Sum().Backward();
        // Behind many layers a unit that is zero but for rounding is on here and off there.
        double tolerance = name == nameof(ResNet18) ? 1e-2 : 5e-5;
        foreach (var (own, other) in here.Parameters().Zip(there.Parameters()))
        {
            Assert.Equal(own.Tensor.Gradient is null, other.Tensor.Gradient is null);
            if (own.Tensor.Gradient is { } gradient)
                DeviceAgreement.RequireClose(Numbers(gradient), Numbers(other.Tensor.Gradient!), tolerance, $"{name}, {own.Name}");
        }
    }

    [Fact]
    public void A_tensor_goes_there_and_back_and_says_where_it_is()
    {
        foreach (var type in Enum.GetValues<DataType>())
        {
            var x = Tensor.From([1, 2, 3, 4, 5, 6], [2, 3]).To(type);
            var there = x.To(Other);
            Assert.Equal((Other, Device.Cpu), (there.Device, x.Device));
            Assert.Equal(Numbers(x), Numbers(there.To(Device.Cpu)));
            Assert.Equal(Numbers(x), Numbers(there.Clone()));
            Assert.Equal(x.ToString(), there.ToString());
        }

        Assert.Equal(2.5, Tensor.Full([], 2.5, device: Other).ToDouble());
        Assert.Equal([0, 0], Tensor.Zeros([2], device: Other).ToArray<float>());
        Assert.Equal([1, 1], Tensor.Ones([2], device: Other).ToArray<float>());
    }

    [Fact]
    public void The_same_seed_draws_the_same_numbers_on_any_device()
    {
        Assert.Equal(Tensor.Normal([7], new Philox(3)).ToArray<float>(), Tensor.Normal([7], new Philox(3), device: Other).ToArray<float>());
        Assert.Equal(
            Tensor.Uniform([7], new Philox(3), type: DataType.Float64).ToArray<double>(),
            Tensor.Uniform([7], new Philox(3), type: DataType.Float64, device: Other).ToArray<double>());
    }

    [Fact]
    public void Elements_are_read_and_written_on_the_host_alone()
    {
        var x = Tensor.Ones([2, 3], device: Other);
        x.Name = "the weights";
        foreach (var access in (Action[])[() => x.Values<float>(), () => x.ReadOnlyValues<float>()])
        {
            string message = Assert.Throws<InvalidOperationException>(access).Message;
            Assert.Contains("the weights [2, 3] Float32 is on the device reference", message, StringComparison.Ordinal);
            Assert.Contains("tensor.To(Device.Cpu)", message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Operands_on_two_devices_are_an_error_that_names_both()
    {
        Tensor here = Tensor.Ones([2, 2]), there = Tensor.Ones([2, 2], device: Other);
        here.RequiresGradient = true;
        foreach (var operation in (Func<Tensor>[])[() => here + there, () => there * here, () => here.MatMul(there), () => Tensor.Concat(0, here, there),
            () => Tensor.Where(here.Greater(0), there, there), () => Loss.MeanSquaredError(here, there), () => there.Gather(Tensor.From(1, 0)),
            () => Loss.CrossEntropy(here, Tensor.From(0, 1).To(Other))])
        {
            string message = Assert.Throws<InvalidOperationException>(operation).Message;
            Assert.Contains("on two devices", message, StringComparison.Ordinal);
            Assert.Contains("cpu", message, StringComparison.Ordinal);
            Assert.Contains("reference", message, StringComparison.Ordinal);
            Assert.Contains(".To(device)", message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_model_that_moves_keeps_its_tensors_and_its_values()
    {
        var model = NetworkCases.Make("Transformer");
        var before = model.StateDict().ToDictionary(entry => entry.Key, entry => (entry.Value, Numbers(entry.Value)));
        _ = model.To(Other);
        Assert.All(model.Parameters(), parameter => Assert.Equal(Other, parameter.Tensor.Device));
        foreach (var (name, tensor) in model.StateDict())
        {
            Assert.Same(before[name].Value, tensor);
            Assert.Equal(before[name].Item2, Numbers(tensor));
        }

        _ = model.To(Device.Cpu);
        Assert.All(model.Parameters(), parameter => Assert.Equal(Device.Cpu, parameter.Tensor.Device));
    }

    [Fact]
    public void What_changed_since_an_operation_is_noticed_there_too()
    {
        var x = Tensor.Ones([3], device: Other);
        x.RequiresGradient = true;
        var y = x.Square().Sum();
        x.CopyFromInPlace(Tensor.Zeros([3]));
        Assert.Contains("has changed", Assert.Throws<InvalidOperationException>(y.Backward).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(typeof(GuardedBackend))]
    [InlineData(typeof(CpuBackend))]
    public void Nothing_that_has_a_default_is_left_to_it_by(Type kernels)
    {
        const BindingFlags Own = BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
        var overridden = kernels.GetMethods(Own).Where(method => method.IsVirtual).Select(method => method.GetBaseDefinition()).ToHashSet();
        Assert.Empty(typeof(Backend).GetMethods(Own).Where(method => method.IsVirtual && !overridden.Contains(method)).Select(method => method.Name));
    }

    private static double[] Numbers(Tensor tensor) => tensor.To(DataType.Float64).ToArray<double>();
}
