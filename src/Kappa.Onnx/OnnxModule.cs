using Kappa.Onnx.Import;
using Kappa.Onnx.Values;

namespace Kappa.Onnx;

/// <summary>A model of an ONNX file: its weights are parameters under their names in the file, its nodes run as operations of the engine.</summary>
/// <remarks>
/// It is trained, differentiated to second order, rescaled, probed and saved as any other module. In training mode, batch normalisations use the statistics of
/// the batch and move theirs; dropout does nothing. The first axis of the input is the batch, whatever length the file declares for it. Where the nodes cast to
/// integers, compare or index, no gradient flows.
/// </remarks>
public sealed class OnnxModule : Module
{
    private readonly string _path;
    private readonly OnnxImportOptions _options;

    internal OnnxModule(
        string path, IReadOnlyList<OnnxTensorInfo> inputs, IReadOnlyList<OnnxTensorInfo> outputs, string output, OnnxImportOptions options,
        OnnxProvenance provenance)
    {
        (_path, _options, Inputs, Outputs, OutputName, Provenance) = (path, options, inputs, outputs, output, provenance);
        Weights = new WeightHolder(RegisterParameter, (name, tensor) => RegisterBuffer(name, tensor), name => RegisterModule(name, new OnnxPart()));
    }

    /// <summary>The inputs that the output depends on; the module takes the first.</summary>
    public IReadOnlyList<OnnxTensorInfo> Inputs { get; }

    /// <summary>The outputs that the file declares.</summary>
    public IReadOnlyList<OnnxTensorInfo> Outputs { get; }

    /// <summary>The output that the module gives.</summary>
    public string OutputName { get; }

    /// <summary>Where the model came from.</summary>
    public OnnxProvenance Provenance { get; }

    internal WeightHolder Weights { get; }

    internal ImportedGraph Graph { get; set; } = null!;

    /// <summary>Runs the model on several inputs.</summary>
    /// <param name="inputs">Each by its name, floating-point numbers or Int32 as the file declares; those that are left out are filled as
    /// <see cref="OnnxImportOptions.Fill"/> says.</param>
    /// <exception cref="TensorShapeException">An input is missing, is not known, or does not fit; the message names it, and the node where it
    /// arose.</exception>
    public Tensor Forward(IReadOnlyDictionary<string, Tensor> inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        foreach (string name in inputs.Keys.Where(name => Inputs.All(input => input.Name != name)))
            throw new TensorShapeException($"{_path}: the output depends on no input \"{name}\"; its inputs are {string.Join("; ", Inputs)}");
        var lengths = new Dictionary<string, int>(_options.Dimensions);
        var given = new Dictionary<string, Value>();
        foreach (var input in Inputs.Where(input => inputs.ContainsKey(input.Name)))
            given.Add(input.Name, Taken(input, inputs[input.Name], lengths));
        foreach (var input in Inputs.Where(input => !inputs.ContainsKey(input.Name)))
            given.Add(input.Name, Filled(input, lengths));
        return Graph.Run(given, Training) switch
        {
            Numbers numbers => numbers.Tensor,
            Integers integers => integers.ToTensor(),
            _ => throw new InvalidOperationException("a value is neither numbers nor integers"),
        };
    }

    /// <summary>The shape of one input without the batch, and its type.</summary>
    /// <param name="given">The shape, where the file leaves lengths open; null to take them from it and from <see
    /// cref="OnnxImportOptions.Dimensions"/>.</param>
    /// <param name="setting">Where a shape is given, for messages.</param>
    /// <exception cref="ArgumentException">A length is open, and not given; the message names its dimension.</exception>
    public (Shape Shape, DataType Type) InputOf(IReadOnlyList<int>? given = null, string setting = "given") => ExampleOfInput(given, setting)!.Value;

    /// <inheritdoc/>
    protected override Tensor ForwardCore(Tensor input) => Forward(new Dictionary<string, Tensor> { [Inputs[0].Name] = input });

    /// <inheritdoc/>
    internal override (Shape Shape, DataType Type)? ExampleOfInput(IReadOnlyList<int>? given, string setting)
    {
        var input = Inputs[0];
        if (given is not null)
            return ([.. given], input.Type);
        if (input.Dimensions is null or [])
            throw new ArgumentException($"{_path}: it does not say what shape its input \"{input.Name}\" has; give it, without the batch, as {setting}");
        var lengths = new int[input.Dimensions.Count - 1];
        for (int axis = 1; axis <= lengths.Length; axis++)
        {
            string name = input.Dimensions[axis];
            lengths[axis - 1] = input.LengthOf(axis) ?? (_options.Dimensions.TryGetValue(name, out int length) ? length : throw new ArgumentException(
                $"{_path}: the dimension \"{name}\" of its input {input} is open: give its length by OnnxImportOptions.Dimensions, or the whole shape, without "
                + $"the batch, as {setting}"));
        }

        return ([.. lengths], input.Type);
    }

    private Value Taken(OnnxTensorInfo input, Tensor tensor, Dictionary<string, int> lengths)
    {
        if (tensor.DataType.IsFloating() != input.Type.IsFloating())
            throw new TensorShapeException($"{_path}: its input is {input}; got {tensor.Shape} {tensor.DataType}");
        if (input.Dimensions is { } dimensions)
        {
            if (dimensions.Count != tensor.Rank)
                throw new TensorShapeException($"{_path}: its input is {input}; got {tensor.Shape}");
            for (int axis = 0; axis < tensor.Rank; axis++)
            {
                if (axis > 0 && input.LengthOf(axis) is { } expected && expected != tensor.Shape[axis])
                    throw new TensorShapeException($"{_path}: its input is {input}; got {tensor.Shape}, whose axis {axis} has length {tensor.Shape[axis]}");
                lengths[dimensions[axis]] = tensor.Shape[axis];
            }
        }

        return tensor.DataType switch
        {
            DataType.Int32 => new Integers(Array.ConvertAll(tensor.ToArray<int>(), value => (long)value), tensor.Shape) { Source = tensor },
            DataType.Int64 => new Integers(tensor.ToArray<long>(), tensor.Shape),
            _ => new Numbers(tensor),
        };
    }

    private Value Filled(OnnxTensorInfo input, Dictionary<string, int> lengths)
    {
        if (!_options.Fill.TryGetValue(input.Name, out double value))
        {
            throw new TensorShapeException(
                $"{_path}: its input {input} is not given; give it by name, or say what it is filled with by OnnxImportOptions.Fill");
        }

        var shape = new int[input.Dimensions?.Count ?? 0];
        for (int axis = 0; axis < shape.Length; axis++)
        {
            string name = input.Dimensions![axis];
            shape[axis] = lengths.TryGetValue(name, out int length) ? length : input.LengthOf(axis) ?? throw new TensorShapeException(
                $"{_path}: the dimension \"{name}\" of its input {input} is open, and no other input tells it: give its length by "
                    + $"OnnxImportOptions.Dimensions");
        }

        return input.Type.IsFloating()
            ? new Numbers(Tensor.Full(new Shape(shape), value, input.Type))
            : new Integers([.. Enumerable.Repeat((long)value, new Shape(shape).Count)], new Shape(shape));
    }
}
