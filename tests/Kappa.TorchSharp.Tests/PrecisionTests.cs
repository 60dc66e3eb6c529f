using Kappa.LinearAlgebra.Arithmetic;
using Kappa.Networks;
using Kappa.Networks.Activations;
using Kappa.Networks.Layers;
using Kappa.Optimizers;
using Kappa.Randomness;
using Kappa.Tensors;
using Kappa.TorchSharp.Kernels;

namespace Kappa.TorchSharp.Tests;

public sealed class PrecisionTests
{
    private const double Rounding = 1.0 / 256;

    public PrecisionTests() => Libtorch.Require();

    private static Device Short => TorchDevice.CpuIn(MatrixPrecision.Bfloat16);

    [SkippableFact]
    public void A_device_is_one_of_its_precision()
    {
        Assert.Equal("torch:cpu in Bfloat16", Short.Name);
        Assert.Equal(MatrixPrecision.Bfloat16, Short.Precision);
        Assert.Same(Short, TorchDevice.CpuIn(MatrixPrecision.Bfloat16));
        Assert.NotSame(Short, TorchDevice.Cpu);
        Assert.Equal(MatrixPrecision.Float32, TorchDevice.Cpu.Precision);
        Assert.Contains(
            "TF32 is of graphics cards", Assert.Throws<NotSupportedException>(() => TorchDevice.CpuIn(MatrixPrecision.Tf32)).Message, StringComparison.Ordinal);
        Assert.Contains("asked for number 9", Assert.Throws<NotSupportedException>(() => TorchDevice.Cuda(9)).Message, StringComparison.Ordinal);
    }

    [SkippableTheory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void Products_are_those_of_rounded_operands_rounded(bool transposeA, bool transposeB)
    {
        var (a, b) = (Tensor.Normal([6, 6], new Philox(1)), Tensor.Normal([6, 6], new Philox(2)));
        float[] exact = Rounded(a).MatMul(Rounded(b), transposeA, transposeB).ToArray<float>();
        float[] found = a.To(Short).MatMul(b.To(Short), transposeA, transposeB).ToArray<float>();
        for (int i = 0; i < exact.Length; i++)
            Assert.Equal(Rounded(exact[i]), found[i], 0.02f);
        Assert.All(found, value => Assert.Equal(Rounded(value), value));
    }

    [SkippableFact]
    public void Float64_Gram_matrices_and_all_else_keep_their_bits()
    {
        var x = Tensor.Normal([5, 7], new Philox(3));
        var wide = Tensor.Normal([4, 4], new Philox(4), type: DataType.Float64);
        Assert.Equal(
            wide.To(TorchDevice.Cpu).MatMul(wide.To(TorchDevice.Cpu)).ToArray<double>(), wide.To(Short).MatMul(wide.To(Short)).ToArray<double>());
        Assert.Equal(GramMatrix.Of(x.To(TorchDevice.Cpu)).ToArray<float>(), GramMatrix.Of(x.To(Short)).ToArray<float>());
        Assert.Equal(x.To(TorchDevice.Cpu).Exp().ToArray<float>(), x.To(Short).Exp().ToArray<float>());
    }

    [SkippableFact]
    public void A_network_learns_in_bfloat16_as_it_does_in_float32_up_to_rounding()
    {
        double[] losses = [.. new[] { TorchDevice.Cpu, Short }.Select(device =>
        {
            var model = new Sequential(new Linear(8, 32), new ReLU(), new Linear(32, 4)).Initialize(new Philox(1)).To(device);
            var optimizer = new Preconditioning.DoPr(new AdamW(model.Parameters(), 0.01), model);
            var (x, y) = (Tensor.Normal([64, 8], new Philox(2), device: device), Tensor.Normal([64, 4], new Philox(3), device: device));
            double loss = 0;
            for (int step = 0; step < 60; step++)
            {
                using var scope = TensorScope.Begin();
                var error = Loss.MeanSquaredError(model.Forward(x), y);
                loss = error.ToDouble();
                error.Backward();
                optimizer.Step();
                optimizer.ZeroGrad();
            }

            return loss;
        })];
        Assert.True(losses[0] < 0.6, $"it learnt nothing: {losses[0]}");
        Assert.NotEqual(losses[0], losses[1]);
        Assert.Equal(losses[0], losses[1], 10 * Rounding);
    }

    [SkippableFact]
    public void Algorithms_that_repeat_their_bits_can_be_asked_for()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "the switch is found by its name on Linux alone");
        Assert.False(Determinism.IsOn);
        try
        {
            Assert.True(Determinism.Switch(true));
            Assert.True(Determinism.IsOn);
        }
        finally
        {
            Assert.True(Determinism.Switch(false));
        }

        Assert.False(Determinism.IsOn);
    }

    private static Tensor Rounded(Tensor x) => Tensor.From(Array.ConvertAll(x.ToArray<float>(), Rounded), x.Shape);

    /// <summary>To the nearest of 8 significant bits, the even one of two.</summary>
    private static float Rounded(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        return BitConverter.UInt32BitsToSingle((bits + 0x7FFF + ((bits >> 16) & 1)) & 0xFFFF0000);
    }
}
