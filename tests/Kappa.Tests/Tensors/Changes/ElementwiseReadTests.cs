using Kappa.Tensors;
using Kappa.Tensors.Kernels;
using Kappa.Tensors.Operations;

namespace Kappa.Tests.Tensors.Changes;

/// <summary>What is not saved is not read: a derivative of an elementwise function does not notice when it is replaced by NaN.</summary>
public sealed class ElementwiseReadTests
{
    public static TheoryData<string> Kernels => [.. Enum.GetNames<UnaryKernel>()];

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Derivatives_read_no_more_than_they_say(string name)
    {
        var kernel = Enum.Parse<UnaryKernel>(name);
        foreach (var type in (DataType[])[DataType.Float32, DataType.Float64])
        {
            var x = Tensor.From([.. Enumerable.Range(1, 37).Select(i => 0.1 * i)], [37]).To(type);
            var y = Tensor.Uninitialized(x.Shape, type);
            Device.Cpu.Backend.Unary(kernel, x, y);
            Assert.False(kernel.DerivativeReadsInput() && kernel.DerivativeReadsOutput());
            var unread = Tensor.Full(x.Shape, double.NaN, type);
            AssertSame(kernel, (x, y), (kernel.DerivativeReadsInput() ? x : unread, kernel.DerivativeReadsOutput() ? y : unread));
        }
    }

    private static void AssertSame(UnaryKernel kernel, (Tensor X, Tensor Y) all, (Tensor X, Tensor Y) some)
    {
        var gradient = Tensor.Full(all.X.Shape, 1.5, all.X.DataType);
        Tensor First((Tensor X, Tensor Y) at)
        {
            var result = Tensor.Zeros(gradient.Shape, gradient.DataType);
            Device.Cpu.Backend.UnaryDerivative(kernel, at.X, at.Y, gradient, result);
            return result;
        }

        Tensor Second((Tensor X, Tensor Y) at)
        {
            var result = Tensor.Zeros(gradient.Shape, gradient.DataType);
            Device.Cpu.Backend.UnarySecondDerivative(kernel, at.X, at.Y, gradient, gradient, result, accumulate: false);
            return result;
        }

        Assert.True(First(all).Bytes.SequenceEqual(First(some).Bytes));
        if (kernel.IsCurved())
            Assert.True(Second(all).Bytes.SequenceEqual(Second(some).Bytes));
    }
}
