using Kappa.Tensors.Differentiation;

namespace Kappa.Tensors;

/// <summary>A function of some leaves, run once and recorded, from which any number of derivatives are taken at that point.</summary>
/// <remarks>
/// It holds the intermediate results until it is disposed. The leaves, and whatever else the function reads, must not change meanwhile: a derivative that would
/// need what has changed throws <see cref="InvalidOperationException"/>. Use it on one thread at a time.
/// </remarks>
public sealed class RecordedFunction : IDisposable
{
    private readonly Tensor[] _leaves;
    private readonly List<Tensor> _held;
    private readonly GraphOrder _order = new();
    private readonly SavedValue _value;
    private bool _isDisposed;

    /// <summary>Runs a function and records it.</summary>
    /// <param name="function">A closure over the leaves.</param>
    /// <param name="leaves">What to differentiate with respect to: distinct, each with <see cref="Tensor.RequiresGradient"/> set.</param>
    /// <exception cref="ArgumentException">There is no leaf, one comes twice, or one does not require a gradient; the message says which.</exception>
    public RecordedFunction(Func<Tensor> function, IReadOnlyList<Tensor> leaves)
    {
        ArgumentNullException.ThrowIfNull(function);
        ArgumentNullException.ThrowIfNull(leaves);
        _leaves = [.. leaves];
        CheckLeaves();
        var scope = TensorScope.Begin();
        int paused = Recording.Start();
        try
        {
            Value = function();
            _value = new SavedValue(Value);
        }
        catch
        {
            scope.Dispose();
            throw;
        }
        finally
        {
            Recording.Restore(paused);
        }

        _held = scope.EndAndTake();
    }

    /// <summary>The function's value. Valid until this is disposed.</summary>
    public Tensor Value { get; }

    /// <summary>The most bytes that the tangents of a pass may take: beyond, K directions are split into several passes. Default: half of what the machine has
    /// free.</summary>
    public long TangentMemoryLimit { get; init; } = DefaultMemoryLimit();

    /// <summary>The gradient of the scalar value.</summary>
    /// <returns>For each leaf, in its shape; zeros where the value does not depend on it.</returns>
    /// <exception cref="TensorShapeException">The value is not a scalar.</exception>
    /// <exception cref="NonFiniteException">The value is NaN or infinite; the message names the operation in which that arose.</exception>
    public IReadOnlyList<Tensor> Gradient()
    {
        _ = ScalarValue();
        using var one = Tensor.Ones(Value.Shape, Value.DataType, Value.Device);
        return Vjp(one);
    }

    /// <summary>J v: how the value changes along directions.</summary>
    /// <param name="directions">v for each leaf: of its shape, or <c>[K, ...]</c>.</param>
    /// <returns>Of the value's shape, or <c>[K, ...]</c>.</returns>
    /// <exception cref="TensorShapeException">A direction's shape does not fit its leaf.</exception>
    public Tensor Jvp(IReadOnlyList<Tensor> directions)
    {
        int count = CheckDirections(directions, out bool batched);
        var result = Value.NewZeros(Value.Shape.Prepend(count));
        foreach (var (start, length) in Split(count))
        {
            Sweep(_ =>
            {
                var pass = NewPass(directions, batched, start, length, []);
                pass.Push();
                if (pass.Of(Value) is { } tangent)
                    result.Range(start, length).CopyFromInPlace(tangent);
            });
        }

        return batched ? result : Squeeze(result);
    }

    /// <summary>u J: gradients at the value carried back to the leaves.</summary>
    /// <param name="outputGradient">u: of the value's shape, or <c>[K, ...]</c>.</param>
    /// <returns>For each leaf, of its shape or <c>[K, ...]</c>.</returns>
    /// <exception cref="TensorShapeException">The shape does not fit the value.</exception>
    public IReadOnlyList<Tensor> Vjp(Tensor outputGradient)
    {
        ArgumentNullException.ThrowIfNull(outputGradient);
        if (outputGradient.Shape == Value.Shape && outputGradient.DataType == Value.DataType)
        {
            var gradients = EmptyGradients();
            Sweep(outer =>
            {
                var pass = new BackwardPass(_order, gradients);
                pass.Start(Value, outputGradient);
                pass.Sweep();
                HandOver(gradients, outer);
            });
            return OrZeros(gradients);
        }

        if (outputGradient.Rank != Value.Rank + 1 || outputGradient.Shape.Without(0) != Value.Shape || outputGradient.DataType != Value.DataType)
        {
            throw new TensorShapeException(
                $"Vjp: the gradient at the output must be {Value.Shape} {Value.DataType}, or have a leading axis K more; got {outputGradient.Shape} "
                + $"{outputGradient.DataType}");
        }

        int count = outputGradient.Shape[0];
        var result = new Tensor?[_leaves.Length];
        foreach (var (start, length) in Split(count))
        {
            Sweep(outer =>
            {
                var gradients = EmptyGradients();
                var pass = new TangentPass(_order, length, new Dictionary<Tensor, Tensor>(), gradients);
                using var range = outputGradient.Range(start, length);
                pass.AddShared(Value, range);
                pass.Pull(null);
                Collect(gradients, result, start, count, outer);
            });
        }

        return OrZeros(result, count);
    }

    /// <summary>The Hessian of the scalar value times vectors.</summary>
    /// <param name="vectors">v for each leaf: of its shape, or <c>[K, ...]</c> for K products in one pass.</param>
    /// <param name="withGradient">Whether to give the gradient as well, which comes along at the cost of one product a layer.</param>
    /// <exception cref="TensorShapeException">The value is not a scalar, or a vector's shape does not fit its leaf.</exception>
    /// <exception cref="NonFiniteException">The value is NaN or infinite; the message names the operation in which that arose.</exception>
    public HessianProduct HessianProduct(IReadOnlyList<Tensor> vectors, bool withGradient = false)
    {
        double value = ScalarValue();
        int count = CheckDirections(vectors, out bool batched);
        var result = new Tensor?[_leaves.Length];
        var gradients = withGradient ? EmptyGradients() : [];
        var ranges = Split(count);
        foreach (var (start, length) in ranges)
        {
            Sweep(outer =>
            {
                var products = EmptyGradients();
                var pass = NewPass(vectors, batched, start, length, products);
                pass.Push();
                var primal = new BackwardPass(_order, start == 0 ? gradients : []);
                using var one = Tensor.Ones(Value.Shape, Value.DataType, Value.Device);
                primal.Start(Value, one);
                pass.Pull(primal);
                Collect(products, result, start, count, outer);
                if (start == 0)
                    HandOver(gradients, outer);
            });
        }

        var all = OrZeros(result, count);
        return new HessianProduct(value, batched ? all : [.. all.Select(Squeeze)], withGradient ? OrZeros(gradients) : null, ranges.Count);
    }

    /// <summary>How the gradients u J of the leaves change along tangents of the leaves and of u.</summary>
    /// <param name="count">K.</param>
    /// <param name="outputGradient">u, of the value's shape; null where it is not looked at, since no leaf moves.</param>
    /// <param name="outputGradientTangent">How u changes, <c>[K, ...]</c>; null where it does not.</param>
    /// <param name="tangents">How each leaf moves, <c>[K, ...]</c>; null where it does not.</param>
    /// <returns>For each leaf, <c>[K, ...]</c>.</returns>
    internal Tensor[] VjpTangent(int count, Tensor? outputGradient, Tensor? outputGradientTangent, Tensor?[] tangents)
    {
        var result = new Tensor?[_leaves.Length];
        Sweep(outer =>
        {
            var moving = new Dictionary<Tensor, Tensor>();
            for (int i = 0; i < _leaves.Length; i++)
            {
                if (tangents[i] is { } tangent)
                    moving.Add(_leaves[i], tangent);
            }

            var products = EmptyGradients();
            var pass = new TangentPass(_order, count, moving, products);
            pass.Push();
            var primal = new BackwardPass(_order, []);
            if (outputGradient is not null && moving.Count > 0)
                primal.Start(Value, outputGradient);
            if (outputGradientTangent is not null)
                pass.AddShared(Value, outputGradientTangent);
            pass.Pull(primal);
            Collect(products, result, 0, count, outer);
        });
        return OrZeros(result, count);
    }

    /// <summary>Gives the intermediate results back.</summary>
    public void Dispose()
    {
        if (_isDisposed)
            return;
        _isDisposed = true;
        foreach (var tensor in _held)
            tensor.Dispose();
        _held.Clear();
    }

    internal double ScalarValue()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (Value.Count != 1)
        {
            throw new TensorShapeException(
                $"a gradient or Hessian is that of a scalar such as a loss; the function's value is {Value.Shape}. Reduce it with Sum() or Mean()");
        }

        if (_value.IsChanged)
        {
            throw new InvalidOperationException(
                $"the value {Value.Shape} of the recorded function has been written to; record the function anew, or change a Clone()");
        }

        double value = Value.ElementAsDouble(0);
        return double.IsFinite(value) ? value : throw NonFiniteDiagnosis.Explain(Value);
    }

    private static Tensor Squeeze(Tensor single)
    {
        var result = single.Alias(single.Shape.Without(0));
        single.Dispose();
        return result;
    }

    private static long DefaultMemoryLimit()
    {
        var memory = GC.GetGCMemoryInfo();
        return Math.Max(256L << 20, (memory.TotalAvailableMemoryBytes - memory.MemoryLoadBytes) / 2);
    }

    /// <summary>Runs something over the recorded operations; what it makes and does not hand on is given back.</summary>
    private void Sweep(Action<TensorScope?> action)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        var outer = TensorScope.Current;
        using var scope = TensorScope.Begin();
        Recording.Pause();
        try
        {
            if (Value.Producer is { } root)
            {
                _order.Fill(root);
                _order.Restrict(_leaves);
                _order.RequireUnchanged();
            }

            action(outer);
        }
        finally
        {
            Recording.Resume();
            _order.Clear();
        }
    }

    private TangentPass NewPass(IReadOnlyList<Tensor> directions, bool batched, int start, int length, Dictionary<Tensor, Tensor?> gradients)
    {
        var tangents = new Dictionary<Tensor, Tensor>();
        for (int i = 0; i < _leaves.Length; i++)
            tangents.Add(_leaves[i], batched ? directions[i].Range(start, length) : directions[i].Alias(_leaves[i].Shape.Prepend(1)));
        return new TangentPass(_order, length, tangents, gradients);
    }

    /// <summary>Moves what a pass found to the caller's scope; one of several ranges is copied into the whole.</summary>
    private void Collect(Dictionary<Tensor, Tensor?> found, Tensor?[] result, int start, int count, TensorScope? outer)
    {
        for (int i = 0; i < _leaves.Length; i++)
        {
            if (found[_leaves[i]] is not { } gradient)
                continue;
            if (gradient.Shape[0] == count)
            {
                result[i] = gradient.MoveTo(outer);
                continue;
            }

            var whole = result[i] ??= gradient.NewZeros(_leaves[i].Shape.Prepend(count)).MoveTo(outer);
            using var range = whole.Range(start, gradient.Shape[0]);
            range.CopyFromInPlace(gradient);
        }
    }

    private static void HandOver(Dictionary<Tensor, Tensor?> gradients, TensorScope? outer)
    {
        foreach (var gradient in gradients.Values)
            _ = gradient?.MoveTo(outer);
    }

    private Tensor[] OrZeros(Dictionary<Tensor, Tensor?> gradients) => [.. _leaves.Select(leaf => gradients[leaf] ?? leaf.NewZeros(leaf.Shape))];

    private Tensor[] OrZeros(Tensor?[] products, int count) =>
        [.. products.Select((product, i) => product ?? _leaves[i].NewZeros(_leaves[i].Shape.Prepend(count)))];

    private Dictionary<Tensor, Tensor?> EmptyGradients() => _leaves.ToDictionary(leaf => leaf, _ => (Tensor?)null);

    /// <summary>K directions by ranges whose tangents fit into the memory limit.</summary>
    private List<(int Start, int Length)> Split(int count)
    {
        long total = 1;
        long largest = 1;
        if (Value.Producer is { } root)
        {
            _order.Fill(root);
            (total, largest) = _order.OutputBytes();
            _order.Clear();
        }

        int most = (int)Math.Clamp(Math.Min(TangentMemoryLimit / total, Array.MaxLength / 2 / largest), 1, count);
        return [.. Enumerable.Range(0, (count + most - 1) / most).Select(i => (i * most, Math.Min(most, count - (i * most))))];
    }

    private void CheckLeaves()
    {
        if (_leaves.Length == 0)
            throw new ArgumentException("expected at least one leaf to differentiate with respect to", "leaves");
        var seen = new HashSet<Tensor>();
        for (int i = 0; i < _leaves.Length; i++)
        {
            if (_leaves[i] is not { Producer: null, RequiresGradient: true } leaf)
                throw new ArgumentException($"leaf {i}{Named(i)} must be a tensor with RequiresGradient set, not the result of an operation", "leaves");
            if (!seen.Add(leaf))
                throw new ArgumentException($"leaf {i}{Named(i)} comes twice", "leaves");
        }
    }

    private int CheckDirections(IReadOnlyList<Tensor> directions, out bool batched)
    {
        ArgumentNullException.ThrowIfNull(directions);
        if (directions.Count != _leaves.Length)
            throw new ArgumentException($"expected a direction for each of {_leaves.Length} leaves; got {directions.Count}", nameof(directions));
        batched = directions[0].Rank == _leaves[0].Rank + 1;
        int count = batched ? directions[0].Shape[0] : 1;
        for (int i = 0; i < _leaves.Length; i++)
        {
            var expected = batched ? _leaves[i].Shape.Prepend(count) : _leaves[i].Shape;
            if (directions[i].Shape != expected || directions[i].DataType != _leaves[i].DataType)
            {
                throw new TensorShapeException(
                    $"the direction for leaf {i}{Named(i)} must be {expected} {_leaves[i].DataType}; got {directions[i].Shape} {directions[i].DataType}");
            }
        }

        return count > 0 ? count : throw new TensorShapeException("expected one direction or more; K is 0");
    }

    private string Named(int leaf) => _leaves[leaf]?.Name is { } name ? $" ({name})" : "";
}
