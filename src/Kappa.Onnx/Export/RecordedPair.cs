using Kappa.Randomness;
using Kappa.Tensors.Differentiation;
using Kappa.Units;

namespace Kappa.Onnx.Export;

/// <summary>A model's operations on two examples and on three: what differs between the records depends on the length of the batch, or on the input.</summary>
internal sealed class RecordedPair : IDisposable
{
    private const int FewExamples = 2;
    private const int MoreExamples = 3;

    private readonly string _path;
    private readonly RecordedGraph _other;
    private readonly Dictionary<Tensor, Tensor> _twins = new(ReferenceEqualityComparer.Instance);

    internal RecordedPair(string path, Module model, Shape inputShape, DataType type)
    {
        _path = path;
        var frozen = model.Parameters().Select(parameter => parameter.Tensor).Where(tensor => !tensor.RequiresGradient && tensor.DataType.IsFloating())
            .ToArray();
        try
        {
            // What depends on no gradient is not recorded.
            foreach (var tensor in frozen)
                tensor.RequiresGradient = true;
            Graph = Record(model, inputShape.Prepend(FewExamples), type, seed: 1);
            _other = Record(model, inputShape.Prepend(MoreExamples), type, seed: 2);
        }
        finally
        {
            foreach (var tensor in frozen)
                tensor.RequiresGradient = false;
        }

        Match();
    }

    /// <summary>The record on two examples.</summary>
    internal RecordedGraph Graph { get; }

    public void Dispose()
    {
        _other.Dispose();
        Graph.Dispose();
    }

    /// <summary>The same operation in the other record.</summary>
    internal GraphNode Twin(GraphNode node) => _twins[Graph.OutputOf(node)].Producer!;

    /// <summary>The length of an axis, or, negative, how many times as long as the batch it is.</summary>
    internal int LengthOf(Tensor tensor, int axis)
    {
        int few = tensor.Shape[axis], more = _twins[tensor].Shape[axis];
        if (few == more)
            return few;
        return few % FewExamples == 0 && more == few / FewExamples * MoreExamples
            ? -(few / FewExamples)
            : throw Fault($"axis {axis} of a result has length {few} for {FewExamples} examples and {more} for {MoreExamples}, which is no multiple of the "
                + $"batch");
    }

    internal int[] LengthsOf(Tensor tensor) => [.. Enumerable.Range(0, tensor.Rank).Select(axis => LengthOf(tensor, axis))];

    /// <summary>Checks that a tensor that no operation made is the same for all inputs.</summary>
    /// <param name="tensor">The tensor.</param>
    /// <param name="reader">What reads it.</param>
    /// <param name="other">What it is in the other record, where that is known otherwise.</param>
    /// <returns>The axis along which it is repeated for each example, as a mask may be; null where it does not depend on the batch.</returns>
    internal int? RequireConstant(Tensor tensor, string reader, Tensor? other = null)
    {
        var twin = other ?? _twins.GetValueOrDefault(tensor, tensor);
        if (ReferenceEquals(twin, tensor) || (twin.Shape == tensor.Shape && twin.Bytes.SequenceEqual(tensor.Bytes)))
            return null;
        int[] open = twin.Rank == tensor.Rank ? [.. Enumerable.Range(0, twin.Rank).Where(axis => twin.Shape[axis] != tensor.Shape[axis])] : [];
        return open is [var batch] && tensor.Shape[batch] == FewExamples && twin.Shape[batch] == MoreExamples && IsRepeated(tensor, twin, batch)
            ? batch
            : throw Fault(
                $"{reader} reads a tensor {tensor.Shape} that depends on the input, and that no recorded operation made: a module computes it outside of "
                    + $"tensors, "
                + "or behind Detach() or NoGradient. Compute it by operations of Tensor, or export the part of the model behind it");
    }

    /// <summary>Whether all entries along an axis are the same one.</summary>
    private static bool IsRepeated(Tensor tensor, Tensor twin, int axis)
    {
        using var quiet = NoGradient.Begin();
        using var scope = TensorScope.Begin();
        byte[] first = tensor.Slice(axis, 0, 1).Bytes.ToArray();
        return new[] { tensor, twin }.All(all => Enumerable.Range(0, all.Shape[axis]).All(i => all.Slice(axis, i, 1).Bytes.SequenceEqual(first)));
    }

    internal OnnxException Fault(string message) => new(_path, $"the model cannot be written: {message}");

    private static RecordedGraph Record(Module model, Shape shape, DataType type, ulong seed)
    {
        if (type.IsFloating())
        {
            using var input = Tensor.Normal(shape, new Philox(seed), type: type);
            return RecordedGraph.OfEvaluation(model, input);
        }

        using var indices = Tensor.Full(shape, seed - 1, DataType.Int32);
        try
        {
            return RecordedGraph.OfEvaluation(model, indices);
        }
        catch (ArgumentOutOfRangeException) when (seed > 1)
        {
            // A table of one row.
            using var zeros = Tensor.Zeros(shape, DataType.Int32);
            return RecordedGraph.OfEvaluation(model, zeros);
        }
    }

    private void Match()
    {
        if (Graph.Nodes.Count != _other.Nodes.Count || Graph.Nodes.Zip(_other.Nodes).Any(pair => pair.First.Name != pair.Second.Name
            || pair.First.InputCount != pair.Second.InputCount))
        {
            throw Fault($"it runs other operations on {MoreExamples} examples than on {FewExamples}; a file holds one list of operations for every batch");
        }

        _twins[Graph.Input] = _other.Input;
        _twins[Graph.Output] = _other.Output;
        foreach (var (first, second) in Graph.Nodes.Zip(_other.Nodes))
        {
            _twins[Graph.OutputOf(first)] = _other.OutputOf(second);
            for (int i = 0; i < first.InputCount; i++)
            {
                if (!_twins.TryAdd(first.Input(i), second.Input(i)) && _twins[first.Input(i)] != second.Input(i))
                    throw Fault($"its {first.Name} reads other tensors on {MoreExamples} examples than on {FewExamples}");
            }
        }
    }
}
