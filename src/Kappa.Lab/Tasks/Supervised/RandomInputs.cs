namespace Kappa.Lab.Tasks.Supervised;

/// <summary>Random inputs for a model that came without data, and as their targets what the model itself gave for them when it was opened: the loss is the
/// squared distance to its own outputs, whose gradient is zero and whose Hessian is that of the outputs alone, the Gauss-Newton matrix.</summary>
internal sealed class RandomInputs : DataSet
{
    private const int Examples = 4096;

    private readonly Module _model;
    private readonly Philox _generator;
    private readonly int _indices;

    private RandomInputs(Module model, Shape inputShape, DataType inputType, Shape targetShape, DataType targetType, int indices, ulong seed)
        : base(Examples, inputShape, inputType, targetShape, targetType) =>
        (_model, _indices, _generator) = (model, indices, new Philox(seed).Split("random inputs"));

    /// <summary>Makes them.</summary>
    /// <param name="model">The model, in evaluation mode.</param>
    /// <param name="inputShape">The shape of one input.</param>
    /// <param name="inputType">Its type: numbers are standard normal, indices lie below the rows of the model's largest table.</param>
    /// <param name="seed">Decides the inputs.</param>
    internal static RandomInputs For(Module model, Shape inputShape, DataType inputType, ulong seed)
    {
        bool isOfIndices = inputType == DataType.Int32;
        using var input = Tensor.Zeros([1, .. inputShape.ToArray()], inputType);
        using var graph = RecordedGraph.Of(model, input);
        int indices = isOfIndices
            ? graph.Operations.Where(operation => operation.Name == "Gather").Select(operation => operation.Inputs[0].Shape[0]).DefaultIfEmpty(1).Max()
            : 0;
        return new RandomInputs(model, inputShape, inputType, new Shape(graph.Output.Shape.ToArray().AsSpan(1)), graph.Output.DataType, indices, seed);
    }

    protected override void CopyCore(ReadOnlySpan<int> rows, Tensor inputs, Tensor targets)
    {
        for (int i = 0; i < rows.Length; i++)
        {
            var random = _generator.Split(rows[i]);
            if (InputType == DataType.Int32)
            {
                foreach (ref int index in inputs.Values<int>().Slice(i * InputShape.Count, InputShape.Count))
                    index = random.NextInt32(_indices);
                continue;
            }

            using var numbers = Tensor.Normal(InputShape, random, type: InputType);
            if (InputType == DataType.Float32)
                numbers.ReadOnlyValues<float>().CopyTo(inputs.Values<float>()[(i * InputShape.Count)..]);
            else
                numbers.ReadOnlyValues<double>().CopyTo(inputs.Values<double>()[(i * InputShape.Count)..]);
        }

        using var quiet = NoGradient.Begin();
        using var scope = TensorScope.Begin();
        targets.CopyFromInPlace(_model.Forward(inputs));
    }
}
