using Kappa.Onnx.Operators;
using Kappa.Onnx.Values;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Kappa.Onnx.Import;

/// <summary>Makes a module of a parsed file.</summary>
internal sealed class GraphReader
{
    private const long OldestOpset = 7;
    private const long NewestOpset = 25;

    /// <summary>What is computed once, at import, from constants alone is no larger than this; what is larger is left to each run.</summary>
    private const int MostFolded = 1 << 16;

    private readonly string _path;
    private readonly GraphProto _graph;
    private readonly OnnxImportOptions _options;
    private readonly GraphNames _names;
    private readonly long _opset;
    private readonly Dictionary<string, Value> _known = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Tensor> _buffers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, OnnxPart?> _owners = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _aliases = new(StringComparer.Ordinal);
    private readonly HashSet<string> _transposed = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _slots = new(StringComparer.Ordinal);

    internal GraphReader(string path, ModelProto model, OnnxImportOptions options)
    {
        (_path, _options) = (path, options);
        _graph = model.Graph ?? throw Fault("it holds no graph; is it an ONNX model?");
        if (model.Functions.Count > 0)
            throw Fault($"it defines operators of its own (functions, such as {OnnxException.Quote(model.Functions[0].Name)}); export it with them written "
                + $"out");
        if (_graph.SparseInitializer.Count > 0)
            throw Fault("it has sparse initializers; export it with dense ones");
        _opset = OpsetOf(model);
        _names = new GraphNames(path, _graph, _opset);
    }

    internal OnnxModule Read(ModelProto model)
    {
        string output = _options.Output ?? (_graph.Output.Count > 0 ? _graph.Output[0].Name : throw Fault("it declares no outputs; expected one or more"));
        if (_graph.Output.All(declared => declared.Name != output))
            throw Fault($"it has no output {OnnxException.Quote(output)}; {Listed(_graph.Output, "outputs")}");
        var order = _names.Order(output);
        foreach (int index in order)
            RequireOperator(index, model);
        var inputs = Inputs(order, output);
        var fused = Alias(order, output);
        var result = new OnnxModule(
            _path, inputs, [.. _graph.Output.Select(Info)], output, _options,
            new OnnxProvenance(model.ProducerName, model.ProducerVersion, _opset, model.MetadataProps.DistinctBy(entry => entry.Key)
                .ToDictionary(entry => entry.Key, entry => entry.Value)));
        ReadWeights(order, new WeightTree(result.Weights));
        foreach (var input in inputs)
            _ = SlotOf(input.Name);
        var steps = Steps(order, fused, output, result.Layers);
        _graph.Initializer.Clear();
        result.Graph = new ImportedGraph(
            steps, _known.Where(entry => _slots.ContainsKey(entry.Key)).ToDictionary(entry => _slots[entry.Key], entry => entry.Value), _slots.Count,
            inputs.ToDictionary(input => input.Name, input => SlotOf(input.Name)), SlotOf(Aliased(output)));
        return result;
    }

    private long OpsetOf(ModelProto model)
    {
        var versions = model.OpsetImport.Where(set => set.Domain is "" or "ai.onnx").Select(set => set.Version).Distinct().ToArray();
        return versions switch
        {
            [>= OldestOpset and <= NewestOpset] => versions[0],
            [] => throw Fault("it does not say which version of the operators it uses (opset_import)"),
            [var version] => throw Fault(
                $"it uses opset {version}; Kappa imports {OldestOpset} to {NewestOpset}. Convert it with the version converter of the onnx package"),
            _ => throw Fault($"it names several versions of the operators: {string.Join(", ", versions)}"),
        };
    }

    private void RequireOperator(int index, ModelProto model)
    {
        var node = _graph.Node[index];
        if (node.Domain is not ("" or "ai.onnx"))
        {
            long version = model.OpsetImport.FirstOrDefault(set => set.Domain == node.Domain)?.Version ?? 0;
            throw Fault($"{NodeReader.Describe(node, index, version)}: it is an operator of the domain {OnnxException.Quote(node.Domain)}; Kappa imports "
                + $"those of "
                + "the ONNX standard. Export the model without the optimisations of another program");
        }
    }

    /// <summary>The inputs that the output depends on, that of the module first.</summary>
    private List<OnnxTensorInfo> Inputs(List<int> order, string output)
    {
        var read = order.SelectMany(index => _graph.Node[index].Input).Append(output).ToHashSet();
        var declared = _graph.Input.Where(input => !_names.Initializers.ContainsKey(input.Name)).ToArray();
        var first = _options.Input is null
            ? declared.FirstOrDefault(input => read.Contains(input.Name))
                ?? throw Fault($"its output {OnnxException.Quote(output)} does not depend on any input; {Listed(declared, "inputs")}")
            : declared.FirstOrDefault(input => input.Name == _options.Input)
                ?? throw Fault($"it has no input {OnnxException.Quote(_options.Input)}; {Listed(declared, "inputs")}");
        if (!read.Contains(first.Name))
            throw Fault($"its output {OnnxException.Quote(output)} does not depend on the input {OnnxException.Quote(first.Name)}");
        foreach (string name in _options.Fill.Keys.Where(name => declared.All(input => input.Name != name)))
            throw Fault($"it has no input {OnnxException.Quote(name)}, which OnnxImportOptions.Fill names; {Listed(declared, "inputs")}");
        return [Info(first), .. declared.Where(input => input != first && read.Contains(input.Name)).Select(Info)];
    }

    private OnnxTensorInfo Info(ValueInfoProto value)
    {
        if (value.Type?.TensorType is not { } type)
            throw Fault($"{OnnxException.Quote(value.Name)} is no tensor; Kappa takes and gives tensors");
        var element = (ElementType)type.ElemType;
        if (element.SizeOf() == 0 && element != ElementType.Undefined)
            throw Fault($"{OnnxException.Quote(value.Name)} holds {ElementTypes.Named(type.ElemType)}; expected floating-point numbers, integers or Bool");
        return new OnnxTensorInfo(value.Name, element == ElementType.Undefined ? DataType.Float32 : element.Widened(), type.Shape?.Dim.Select(dimension =>
            dimension.ValueCase switch
            {
                DimensionProto.ValueOneofCase.DimValue when dimension.DimValue is >= 0 and <= int.MaxValue =>
                    dimension.DimValue.ToString(CultureInfo.InvariantCulture),
                DimensionProto.ValueOneofCase.DimParam when dimension.DimParam.Length > 0 => dimension.DimParam,
                _ => "?",
            }).ToArray());
    }

    /// <summary>Values that are others under another name, and activations that the node in front of them applies itself.</summary>
    private Dictionary<int, Activation> Alias(List<int> order, string output)
    {
        var readers = order.SelectMany(index => _graph.Node[index].Input).CountBy(name => name).ToDictionary(StringComparer.Ordinal);
        var makers = order.Where(index => _graph.Node[index].OpType is "Conv" or "Gemm" && _graph.Node[index].Output.Count > 0)
            .ToDictionary(index => _graph.Node[index].Output[0], StringComparer.Ordinal);
        var fused = new Dictionary<int, Activation>();
        foreach (int index in order)
        {
            var node = _graph.Node[index];
            if (node.Input.Count != 1 || node.Output.Count != 1)
                continue;
            string input = node.Input[0];
            var activation = node.OpType switch
            {
                "Relu" => Activation.Relu,
                "Tanh" => Activation.Tanh,
                "Sigmoid" => Activation.Sigmoid,
                _ => Activation.Identity,
            };
            bool isFused = activation != Activation.Identity && makers.TryGetValue(input, out int maker) && readers[input] == 1 && input != output
                && fused.TryAdd(maker, activation);
            if (isFused || node.OpType == "Identity")
                _aliases[node.Output[0]] = Aliased(input);
        }

        return fused;
    }

    private string Aliased(string name) => _aliases.GetValueOrDefault(name, name);

    private void ReadWeights(List<int> order, WeightTree tree)
    {
        var nodes = order.Select(index => _graph.Node[index]).ToArray();
        var statistics = nodes.Where(node => node.OpType == "BatchNormalization").SelectMany(node => node.Input.Skip(3)).Select(Aliased).ToHashSet();
        var operands = LayerFinder.RightOperands(nodes, Aliased);
        var frozen = _options.Frozen.Select(pattern => new NamePattern(pattern)).ToArray();
        var reader = new TensorReader(_path);
        foreach (string name in nodes.SelectMany(node => node.Input).Select(Aliased).Where(_names.Initializers.ContainsKey).Distinct())
        {
            var value = reader.Read(_names.Initializers[name], $"the initializer {OnnxException.Quote(name)}");
            _known.Add(name, value);
            if (value is not Numbers { Tensor: var tensor })
                continue;
            bool isStatistic = statistics.Contains(name);
            // A single number is a constant of the formula: the 0.5 of a GELU, an epsilon.
            if (tensor.Rank == 0 && !isStatistic)
                continue;
            bool isTrained = !isStatistic && !frozen.Any(pattern => pattern.Matches(name));
            if (!isTrained)
                _buffers.Add(name, tensor);
            if (isTrained)
                RequireFinite(name, tensor);
            if (isTrained && tensor.Rank == 2 && operands.Contains(name))
            {
                _known[name] = new Numbers(Transposed(ref tensor));
                _ = _transposed.Add(name);
            }

            _owners.Add(name, tree.Add(name, tensor, isTrained));
        }
    }

    private static Tensor Transposed(ref Tensor tensor)
    {
        using var given = tensor;
        return tensor = given.Transpose();
    }

    private void RequireFinite(string name, Tensor tensor)
    {
        bool isFinite = tensor.DataType == DataType.Float32
            ? TensorPrimitives.IsFiniteAll(tensor.ReadOnlyValues<float>())
            : TensorPrimitives.IsFiniteAll(tensor.ReadOnlyValues<double>());
        if (isFinite)
            return;
        int bad = tensor.FirstNonFinite();
        throw Fault($"the initializer {OnnxException.Quote(name)} {tensor.Shape} holds {tensor.ElementAsDouble(bad)} at element {bad}; expected finite "
            + $"weights. "
            + "Name it in OnnxImportOptions.Frozen if it is a mask");
    }

    private List<ImportedStep> Steps(List<int> order, Dictionary<int, Activation> fused, string output, List<LayerWeight> layers)
    {
        var steps = new List<(ImportedStep Step, NodeReader Node)>();
        var constants = new HashSet<string>(_known.Keys.Where(name => !_owners.ContainsKey(name)), StringComparer.Ordinal);
        foreach (int index in order)
        {
            var node = _graph.Node[index];
            if (node.Output.Count > 0 && _aliases.ContainsKey(node.Output[0]))
            {
                RequirePlain(node, index);
                continue;
            }

            string[] inputs = [.. node.Input.Select(Aliased)];
            var reader = new NodeReader(_path, node, index, _opset, name => constants.Contains(Aliased(name)) ? _known[Aliased(name)] : null)
            {
                Fused = fused.GetValueOrDefault(index),
                Buffer = input => input < inputs.Length ? _buffers.GetValueOrDefault(inputs[input]) : null,
                HoldsTransposed = input => input < inputs.Length && _transposed.Contains(inputs[input]),
            };
            var run = OperatorTable.Create(reader);
            if (inputs.All(name => name.Length == 0 || constants.Contains(name)) && Folded(run, inputs, reader) is { } values)
            {
                for (int i = 0; i < node.Output.Count; i++)
                {
                    if (i < values.Length && node.Output[i].Length > 0 && constants.Add(node.Output[i]))
                        _known.Add(node.Output[i], values[i]);
                }

                continue;
            }

            if (LayerFinder.Of(node, input => Parameter(inputs[input]), _transposed.Contains(inputs.ElementAtOrDefault(1) ?? "")) is { } layer)
                layers.Add(layer);
            steps.Add((Step(reader, run, inputs, [.. node.Output]), reader));
        }

        var known = _known.Keys.Where(_slots.ContainsKey).Select(name => _slots[name]).ToHashSet();
        FusedInference.Mark(steps, slot => slot < 0 || known.Contains(slot), SlotOf(Aliased(output)));
        List<ImportedStep> all = [.. steps.Select(entry => entry.Step)];
        SetLastReads(all);
        return all;
    }

    /// <summary>Runs a node on constants; null where that is left to each run because it would take much memory.</summary>
    private static Value[]? Folded(Operator run, string[] inputs, NodeReader node, Dictionary<string, Value> known)
    {
        if (inputs.Any(name => name.Length > 0 && known[name].Shape.Count > MostFolded))
            return null;
        using var quiet = NoGradient.Begin();
        try
        {
            return run(new OperatorCall([.. inputs.Select(name => name.Length == 0 ? null : known[name])], false, MostFolded));
        }
        catch (TensorShapeException error)
        {
            throw node.Fault(error.Message, error);
        }
    }

    private Value[]? Folded(Operator run, string[] inputs, NodeReader node) => Folded(run, inputs, node, _known);

    private ImportedStep Step(NodeReader node, Operator run, string[] inputs, string[] outputs)
    {
        // The one input that is no weight, where all weights are of one part.
        int[] open = [.. Enumerable.Range(0, inputs.Length).Where(i => inputs[i].Length > 0 && !_known.ContainsKey(inputs[i]))];
        var parts = inputs.Where(_owners.ContainsKey).Select(name => _owners[name]).Distinct().ToArray();
        var step = new ImportedStep(
            node.Place, run, [.. inputs.Select(SlotOrNone)], [.. outputs.Select(SlotOrNone)])
        {
            PartInput = open is [var only] ? only : 0,
        };
        if (open.Length == 1 && outputs.Length == 1 && parts is [{ Body: null } part] && part.Children.Count == 0)
        {
            var known = inputs.Select(name => name.Length == 0 ? null : _known.GetValueOrDefault(name)).ToArray();
            part.Body = x =>
            {
                Value?[] all = [.. known];
                all[step.PartInput] = new Numbers(x);
                return ((Numbers)run(new OperatorCall(all, part.Training, int.MaxValue))[0]).Tensor;
            };
            step.Part = part;
        }

        return step;
    }

    private static void SetLastReads(List<ImportedStep> steps)
    {
        var made = steps.SelectMany(step => step.Outputs).ToHashSet();
        var seen = new HashSet<int>();
        for (int i = steps.Count - 1; i >= 0; i--)
            steps[i].LastReads = [.. steps[i].Inputs.Where(slot => made.Contains(slot)).Distinct().Where(seen.Add)];
    }

    /// <summary>An identity or an activation that was taken into the node in front of it is looked at all the same.</summary>
    private void RequirePlain(NodeProto node, int index) => _ = OperatorTable.Create(new NodeReader(_path, node, index, _opset, _ => null));

    /// <summary>The parameter of a name; null for any other value.</summary>
    private Tensor? Parameter(string name) => _owners.ContainsKey(name) && !_buffers.ContainsKey(name) ? (_known[name] as Numbers)?.Tensor : null;

    private int SlotOrNone(string name) => name.Length == 0 ? -1 : SlotOf(name);

    private int SlotOf(string name)
    {
        if (!_slots.TryGetValue(name, out int slot))
            _slots.Add(name, slot = _slots.Count);
        return slot;
    }

    private static string Listed(IEnumerable<ValueInfoProto> values, string what)
    {
        string[] names = [.. values.Select(value => OnnxException.Quote(value.Name)).Take(20)];
        return names.Length == 0 ? $"it has no {what}" : $"its {what} are {string.Join(", ", names)}";
    }

    private OnnxException Fault(string message) => new(_path, message);
}
