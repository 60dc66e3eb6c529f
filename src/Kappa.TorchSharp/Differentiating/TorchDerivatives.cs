using Kappa.Curvature.Operators;
using Kappa.Tensors;
using Kappa.TorchSharp.Sharing;
using Kappa.TorchSharp.Watching;
using TorchSharp;

namespace Kappa.TorchSharp.Differentiating;

/// <summary>The derivatives of a loss of TorchSharp, by libtorch's automatic differentiation.</summary>
/// <param name="output">The model's output for samples of a range.</param>
/// <param name="loss">The mean loss of an output for samples of a range.</param>
/// <param name="theirs">The parameters.</param>
/// <param name="ours">Kappa's tensors over the same memory.</param>
internal sealed class TorchDerivatives(
    Func<int, int, torch.Tensor> output, Func<torch.Tensor, int, int, torch.Tensor> loss, IReadOnlyList<torch.Tensor> theirs, IReadOnlyList<Tensor> ours)
    : IRiskDerivatives
{
    private readonly torch.Tensor[] _theirs = [.. theirs];
    private bool _isTried;

    public double Value(int first, int count)
    {
        using var native = torch.NewDisposeScope();
        using var quiet = torch.no_grad();
        return Loss(first, count).to(torch.float64).item<double>();
    }

    public (double Value, IReadOnlyList<Tensor> Gradient) Gradient(int first, int count)
    {
        using var pass = Pass.Begin();
        var value = Loss(first, count);
        return (value.to(torch.float64).item<double>(), Copy(Gradients([value], _theirs, null, retain: false, record: false)));
    }

    public HessianProduct HessianProduct(int first, int count, IReadOnlyList<Tensor> vectors, bool withGradient)
    {
        using var pass = Pass.Begin();
        TrySecondDerivative(first);
        var value = Loss(first, count);
        var gradient = Gradients([value], _theirs, null, retain: true, record: true);
        var products = Rows(vectors, along => Gradients(gradient, _theirs, along, retain: true, record: false));
        return new HessianProduct(value.to(torch.float64).item<double>(), products, withGradient ? Copy(gradient) : null, 1);
    }

    public IReadOnlyList<Tensor> GaussNewtonProduct(int first, int count, IReadOnlyList<Tensor> vectors)
    {
        using var pass = Pass.Begin();
        TrySecondDerivative(first);
        var at = output(first, count);
        // Backwards twice is forwards: u J is linear in u, and its derivative along v is J v.
        var dual = torch.zeros_like(at).requires_grad_();
        var carried = Gradients([at], _theirs, [dual], retain: true, record: true);
        var leaf = at.detach().requires_grad_();
        var slope = Gradients([loss(leaf, first, count)], [leaf], null, retain: true, record: true);
        return Rows(vectors, along =>
        {
            var tangent = Gradients(carried, [dual], along, retain: true, record: false)[0] ?? torch.zeros_like(at);
            var curved = Gradients(slope, [leaf], [tangent], retain: true, record: false);
            return curved[0] is null ? new torch.Tensor?[_theirs.Length] : Gradients([at], _theirs, curved, retain: true, record: false);
        });
    }

    public IReadOnlyList<Tensor> PerSampleGradients(int first, int count)
    {
        Tensor[] result = [.. ours.Select(leaf => leaf.New(leaf.Shape.Prepend(count)))];
        for (int sample = 0; sample < count; sample++)
        {
            using var pass = Pass.Begin();
            Put(Gradients([Loss(first + sample, 1)], _theirs, null, retain: false, record: false), result, sample);
        }

        return result;
    }

    private torch.Tensor Loss(int first, int count)
    {
        var value = loss(output(first, count), first, count);
        return value.numel() == 1 ? value : throw new ArgumentException(
            $"expected the loss to be a mean over samples, one number; got a tensor [{string.Join(", ", value.shape)}]");
    }

    /// <summary>Vector-Jacobian products; null for what the outputs do not depend on.</summary>
    private static torch.Tensor?[] Gradients(
        IReadOnlyList<torch.Tensor?> of, IReadOnlyList<torch.Tensor> by, IReadOnlyList<torch.Tensor?>? along, bool retain, bool record)
    {
        int[] live = [.. Enumerable.Range(0, of.Count).Where(i => of[i] is { requires_grad: true })];
        if (live.Length == 0)
            return new torch.Tensor?[by.Count];
        // What is not used has a handle of nothing.
        return [.. torch.autograd.grad(
            [.. live.Select(i => of[i]!)], [.. by], along is null ? null : [.. live.Select(i => along[i]!)], retain_graph: retain || record,
            create_graph: record, allow_unused: true).Select(gradient => gradient is { IsInvalid: false } ? gradient : null)];
    }

    /// <summary>Tries the second derivative once, for one sample.</summary>
    private void TrySecondDerivative(int first)
    {
        if (_isTried)
            return;
        using var native = torch.NewDisposeScope();
        SecondDerivatives.Require(Gradients([Loss(first, 1)], _theirs, null, retain: true, record: true), _theirs);
        _isTried = true;
    }

    private Tensor[] Rows(IReadOnlyList<Tensor> vectors, Func<torch.Tensor[], torch.Tensor?[]> product)
    {
        Tensor[] result = [.. vectors.Select(vector => vector.New(vector.Shape))];
        for (int row = 0; row < vectors[0].Shape[0]; row++)
        {
            using var native = torch.NewDisposeScope();
            Put(product([.. vectors.Select((vector, leaf) => Like(vector.Entry(row), _theirs[leaf]))]), result, row);
        }

        return result;
    }

    private Tensor[] Copy(torch.Tensor?[] gradient)
    {
        Tensor[] result = [.. ours.Select(leaf => leaf.New(leaf.Shape.Prepend(1)))];
        Put(gradient, result, 0);
        return [.. result.Select((row, leaf) => row.Alias(ours[leaf].Shape))];
    }

    private static void Put(torch.Tensor?[] values, Tensor[] destination, int row)
    {
        for (int leaf = 0; leaf < values.Length; leaf++)
        {
            using var entry = destination[leaf].Entry(row);
            if (values[leaf] is not { } value)
            {
                entry.Clear();
                continue;
            }

            using var detached = value.detach();
            using var source = SharedMemory.OfContiguous(detached);
            entry.CopyFromInPlace(source);
        }
    }

    private static torch.Tensor Like(Tensor ours, torch.Tensor theirs)
    {
        using var quiet = torch.no_grad();
        var result = torch.empty_like(theirs);
        using var memory = SharedMemory.Of(result);
        memory.CopyFromInPlace(ours);
        return result;
    }

    /// <summary>A pass of which nobody hears who watches the model's layers; its temporaries are given back.</summary>
    private readonly ref struct Pass
    {
        private readonly DisposeScope _native;
        private readonly IDisposable _recording;
        private readonly IDisposable _unwatched;

        private Pass(DisposeScope native, IDisposable recording, IDisposable unwatched) => (_native, _recording, _unwatched) = (native, recording, unwatched);

        internal static Pass Begin() => new(torch.NewDisposeScope(), torch.enable_grad(), LayerWatcher.Pause());

        public void Dispose()
        {
            _unwatched.Dispose();
            _recording.Dispose();
            _native.Dispose();
        }
    }
}
