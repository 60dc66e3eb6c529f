using Kappa.Randomness;
using Kappa.Units;

namespace Kappa.Onnx.Export;

/// <summary>A model's operations on two examples and on three, and, where the length of sequences is open, on two shorter ones.</summary>
internal sealed class RecordedRuns : IDisposable
{
    private const int FewExamples = 2;
    private const int MoreExamples = 3;

    /// <summary>So that the shorter sequence has two positions, which nothing broadcasts.</summary>
    private const int FewestPositions = 3;

    private readonly string _path;
    private readonly Variation _batch;
    private readonly Variation? _sequence;

    internal RecordedRuns(string path, Module model, Shape inputShape, DataType type, bool isSequenceOpen)
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
            _batch = new Variation(
                Graph, Record(model, inputShape.Prepend(MoreExamples), type, seed: 2), (FewExamples, MoreExamples), "examples", Fault);
            _sequence = isSequenceOpen ? Shorter(model, inputShape, type) : null;
        }
        finally
        {
            foreach (var tensor in frozen)
                tensor.RequiresGradient = false;
        }
    }

    /// <summary>The record on two examples.</summary>
    internal RecordedGraph Graph { get; }

    internal IEnumerable<Variation> Variations => _sequence is null ? [_batch] : [_batch, _sequence];

    public void Dispose()
    {
        _sequence?.Dispose();
        _batch.Dispose();
        Graph.Dispose();
    }

    /// <summary>The length of an axis by those of the input.</summary>
    /// <exception cref="OnnxException">It is no multiple of them.</exception>
    internal AxisLength LengthOf(Tensor tensor, int axis) =>
        MultipleOf(tensor, axis) ?? throw Variations.First(variation => variation.Grows(tensor, axis) is null).Irregular(tensor, axis);

    /// <summary>The length of an axis by those of the input; null where it is no multiple of them.</summary>
    internal AxisLength? MultipleOf(Tensor tensor, int axis)
    {
        if (_batch.Grows(tensor, axis) is not { } perExample || (_sequence is null ? false : _sequence.Grows(tensor, axis)) is not { } perPosition)
            return null;
        return new AxisLength(tensor.Shape[axis] / (perExample ? FewExamples : 1) / (perPosition ? _sequence!.Here : 1), perExample, perPosition);
    }

    internal AxisLength[] LengthsOf(Tensor tensor) => [.. Enumerable.Range(0, tensor.Rank).Select(axis => LengthOf(tensor, axis))];

    /// <summary>The length of an axis that has to be the same for every input.</summary>
    internal int FixedLengthOf(Tensor tensor, int axis, string reader) => LengthOf(tensor, axis) is { IsOpen: false } length
        ? length.Factor
        : throw Fault($"{reader} takes axis {axis} of {tensor.Shape} by its length, which the batch or the sequence changes");

    /// <summary>Checks that a tensor that no operation made is the same for all inputs.</summary>
    /// <param name="tensor">The tensor.</param>
    /// <param name="reader">What reads it.</param>
    /// <param name="twins">What it is in each of the other records.</param>
    /// <returns>How far each axis of it follows the input.</returns>
    internal ConstantAxis[] RequireConstant(Tensor tensor, string reader, IEnumerable<Tensor> twins)
    {
        var axes = new ConstantAxis[tensor.Rank];
        foreach (var (variation, twin) in Variations.Zip(twins))
        {
            if (ReferenceEquals(twin, tensor) || (twin.Shape == tensor.Shape && twin.Bytes.SequenceEqual(tensor.Bytes)))
                continue;
            int[] open = twin.Rank == tensor.Rank ? [.. Enumerable.Range(0, twin.Rank).Where(axis => twin.Shape[axis] != tensor.Shape[axis])] : [];
            bool isFollowed = open.Length > 0 && open.All(axis => tensor.Shape[axis] == variation.Here && twin.Shape[axis] == variation.There);
            if (isFollowed && variation == _batch && open is [var batch] && IsRepeated(tensor, batch) && IsRepeated(twin, batch))
                axes[batch] = ConstantAxis.Repeated;
            else if (isFollowed && variation == _sequence && BeginsWith(tensor, twin, open))
                Array.ForEach(open, axis => axes[axis] = ConstantAxis.Cut);
            else
                throw Hidden(tensor, reader);
        }

        return axes;
    }

    internal OnnxException Fault(string message) => new(_path, $"the model cannot be written: {message}");

    private OnnxException Hidden(Tensor tensor, string reader) => Fault(
        $"{reader} reads a tensor {tensor.Shape} that depends on the input, and that no recorded operation made: a module computes it outside of tensors, "
        + "or behind Detach() or NoGradient. Compute it by operations of Tensor, or export the part of the model behind it");

    /// <summary>Whether all entries along an axis are the same one.</summary>
    private static bool IsRepeated(Tensor tensor, int axis)
    {
        using var quiet = NoGradient.Begin();
        using var scope = TensorScope.Begin();
        byte[] first = tensor.Slice(axis, 0, 1).Bytes.ToArray();
        return Enumerable.Range(0, tensor.Shape[axis]).All(i => tensor.Slice(axis, i, 1).Bytes.SequenceEqual(first));
    }

    /// <summary>Whether a shorter tensor is the beginning of a longer one, along some axes.</summary>
    private static bool BeginsWith(Tensor tensor, Tensor shorter, int[] axes)
    {
        using var quiet = NoGradient.Begin();
        using var scope = TensorScope.Begin();
        return axes.Aggregate(tensor, (rest, axis) => rest.Slice(axis, 0, shorter.Shape[axis])).Bytes.SequenceEqual(shorter.Bytes);
    }

    private Variation Shorter(Module model, Shape inputShape, DataType type)
    {
        const string WayOut = "Leave OnnxExportOptions.SequenceName out, which writes a file for sequences of one length";
        if (inputShape.Rank == 0 || inputShape[0] < FewestPositions)
        {
            throw Fault($"its sequences are to have any length, and the example is {inputShape}; expected one of {FewestPositions} positions or more, whose "
                + $"axis is the first behind the batch. Give such a shape, or: {WayOut}");
        }

        // Far from the length of the example, so that a half of it is not taken for all but some.
        var shape = inputShape.With(0, Math.Max(FewestPositions - 1, inputShape[0] / 2));
        OnnxException Varied(string message) => Fault($"{message}. Its sequences are to have any length. {WayOut}");
        try
        {
            return new Variation(Graph, Record(model, shape.Prepend(FewExamples), type, seed: 2), (inputShape[0], shape[0]), "positions", Varied);
        }
        catch (TensorShapeException error)
        {
            throw Varied($"it takes examples of {inputShape} and none of {shape}: {error.Message}");
        }
    }

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
}
