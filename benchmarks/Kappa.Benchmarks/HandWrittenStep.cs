using System.Diagnostics;
using Kappa.Randomness;
using Kappa.Tensors;
using Kappa.Tensors.Cpu;
using Kappa.Tensors.Cpu.Elementwise;
using Kappa.Tensors.Cpu.Products;
using Kappa.Tensors.Kernels;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Kappa.Benchmarks;

/// <summary>The same step written out by hand on fixed buffers: what automatic differentiation is measured against.</summary>
internal sealed unsafe class HandWrittenStep
{
    private readonly TrainingCase _work;
    private readonly int _layers;
    private readonly Tensor[] _weights;
    private readonly Tensor[] _biases;
    private readonly Tensor[] _weightGradients;
    private readonly Tensor[] _biasGradients;
    private readonly Tensor[] _activations;
    private readonly Tensor[] _deltas;
    private readonly Tensor _y;
    private readonly Tensor? _labels;
    private readonly CpuBackend _backend = new();
    private readonly HandWrittenAdamW _optimizer;

    internal HandWrittenStep(TrainingCase work)
    {
        _work = work;
        _layers = work.Sizes.Length - 1;
        var generator = new Philox(0);
        _weights = [
            .. Layers().Select(
                i => Tensor.Uniform([work.Sizes[i + 1], work.Sizes[i]], generator, -1 / Math.Sqrt(work.Sizes[i]), 1 / Math.Sqrt(work.Sizes[i])))];
        _biases = [.. Layers().Select(i => Tensor.Zeros([work.Sizes[i + 1]]))];
        _weightGradients = [.. _weights.Select(w => Tensor.Zeros(w.Shape))];
        _biasGradients = [.. _biases.Select(b => Tensor.Zeros(b.Shape))];
        _activations = [Tensor.Normal([work.Batch, work.Sizes[0]], generator), .. Layers().Select(i => Tensor.Zeros([work.Batch, work.Sizes[i + 1]]))];
        _deltas = [.. Layers().Select(i => Tensor.Zeros([work.Batch, work.Sizes[i + 1]]))];
        _y = Tensor.Normal([work.Batch, work.Sizes[^1]], generator);
        if (work.Loss == "crossEntropy")
            _labels = Tensor.From([.. Enumerable.Range(0, work.Batch).Select(_ => generator.NextInt32(work.Sizes[^1]))], [work.Batch]);
        _optimizer = new HandWrittenAdamW([.. _weights, .. _biases], [.. _weightGradients, .. _biasGradients]);
    }

    internal double Run(int steps)
    {
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < steps; i++)
            Step();
        return Stopwatch.GetElapsedTime(start).TotalSeconds / steps;
    }

    private void Step()
    {
        for (int i = 0; i < _layers; i++)
        {
            Multiply(false, true, _activations[i], _weights[i], _activations[i + 1]);
            BiasActivation.Run(
                _work.Batch, _work.Sizes[i + 1], _activations[i + 1].Pointer<float>(), _biases[i].Pointer<float>(),
                i + 1 < _layers ? Tensors.Kernels.UnaryKernel.Relu : Tensors.Kernels.UnaryKernel.Identity, _activations[i + 1].Pointer<float>());
        }

        LossGradient();
        for (int i = _layers - 1; i >= 0; i--)
        {
            if (i + 1 < _layers)
                UnaryDerivatives.Run(
                    Tensors.Kernels.UnaryKernel.Relu, _activations[i + 1].Pointer<float>(), _activations[i + 1].Pointer<float>(), _deltas[i].Pointer<float>(),
                    _deltas[i].Pointer<float>(), _deltas[i].Count);
            SumRows(_deltas[i], _biasGradients[i]);
            Multiply(true, false, _deltas[i], _activations[i], _weightGradients[i]);
            if (i > 0)
                Multiply(false, false, _deltas[i], _weights[i], _deltas[i - 1]);
        }

        _optimizer.Step();
    }

    private void LossGradient()
    {
        var output = _activations[^1];
        if (_labels is null)
        {
            _ = _backend.SumOfSquaredDifferences(output, _y);
            _backend.ScaledDifference(output, _y, 2.0 / output.Count, _deltas[^1], accumulate: false);
            return;
        }

        var targets = new CrossEntropyTargets(_labels, output.Shape[1], null, 0, null);
        _ = _backend.CrossEntropy(targets, output);
        _backend.CrossEntropyDerivative(targets, output, 1 / targets.Weight, _deltas[^1]);
    }

    private static void SumRows(Tensor x, Tensor sum)
    {
        var total = sum.Values<float>();
        total.Clear();
        for (int i = 0; i < x.Shape[0]; i++)
            TensorPrimitives.Add(total, x.Values<float>().Slice(i * total.Length, total.Length), total);
    }

    private static void Multiply(bool transposeA, bool transposeB, Tensor a, Tensor b, Tensor c) =>
        MatrixProduct.Multiply(
            transposeA, transposeB, c.Shape[0], c.Shape[1], transposeA ? a.Shape[0] : a.Shape[1], a.Pointer<float>(), a.Shape[1], b.Pointer<float>(),
            b.Shape[1], c.Pointer<float>(), c.Shape[1], false);

    private IEnumerable<int> Layers() => Enumerable.Range(0, _layers);
}
