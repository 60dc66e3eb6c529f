using System.Globalization;
using System.Text;
using Kappa.Networks;
using Kappa.Networks.Layers;
using Kappa.Tensors;
using Kappa.Tensors.Differentiation;
using Kappa.Units;

namespace Kappa.Diagnostics;

/// <summary>The modules of a model with shapes, parameters and costs, as one forward pass in evaluation mode recorded them. <see cref="ToString"/> is a
/// table.</summary>
/// <remarks>
/// Costs are those of the operations that ran, whichever modules there are. A multiplication with the addition behind it counts 2 flops; moving elements counts
/// nothing; any other operation counts 1 for each element that it reads or gives, whichever is more. Activation memory is that of all results, which is what
/// training keeps at most: activations that run within the layer in front of them need less. Operations are seen as in <see cref="RecordedGraph"/>.
/// </remarks>
public sealed class ModelSummary
{
    private ModelSummary(string type, Shape inputShape, Shape outputShape, IReadOnlyList<ModuleSummary> rows) =>
        (Type, InputShape, OutputShape, Rows) = (type, inputShape, outputShape, rows);

    /// <summary>The model's type.</summary>
    public string Type { get; }

    /// <summary>What it was run on.</summary>
    public Shape InputShape { get; }

    /// <summary>What it gave.</summary>
    public Shape OutputShape { get; }

    /// <summary>The modules, each in front of those inside it; the model comes first. What they do themselves adds up to the totals.</summary>
    public IReadOnlyList<ModuleSummary> Rows { get; }

    /// <summary>Elements of all parameters, each tensor once.</summary>
    public long Parameters => Rows.Sum(row => row.Parameters);

    /// <summary>Floating-point operations of one forward pass over the whole input, batch included.</summary>
    public long Flops => Rows.Sum(row => row.Flops);

    /// <summary>Bytes of the results of all operations.</summary>
    public long ActivationBytes => Rows.Sum(row => row.ActivationBytes);

    /// <summary>Runs a model on an input of ones, or of zeros where it takes indices.</summary>
    /// <param name="model">The model. It is left in the mode that it is in, and neither its parameters nor its statistics change.</param>
    /// <param name="inputShape">The shape of the input with its batch, such as <c>[32, 3, 224, 224]</c>.</param>
    /// <param name="inputType">The element type of the input; null: Int32 for a model that begins with an <see cref="Embedding"/>, and else that of the
    /// parameters.</param>
    /// <exception cref="TensorShapeException">The model does not take the shape.</exception>
    public static ModelSummary Of(Module model, Shape inputShape, DataType? inputType = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        var type = inputType ?? TypeFor(model);
        var device = model.Parameters() is [var first, ..] ? first.Tensor.Device : Device.Cpu;
        using var input = type.IsFloating() ? Tensor.Ones(inputShape, type, device) : Tensor.Zeros(inputShape, type, device);
        var modules = model.Modules().DistinctBy(entry => entry.Module).ToArray();
        var calls = modules.ToDictionary(entry => entry.Module, _ => new Call());
        var owners = new Dictionary<GraphNode, Call>();
        using var graph = Record(model, input, (module, from, to) =>
        {
            if (!calls.TryGetValue(module, out var call))
                return;
            (call.Input, call.Output, call.Count) = (from.Shape, to.Shape, call.Count + 1);
            Claim(to, from, call, owners);
        });
        foreach (var node in graph.Nodes)
        {
            // What no module was seen to do is done around them all.
            var call = owners.GetValueOrDefault(node) ?? calls[model];
            call.Flops += OperationCost.Flops(node, graph.OutputOf(node));
            call.Bytes += OperationCost.Bytes(node, graph.OutputOf(node));
        }

        foreach (var (name, tensor) in model.Parameters())
            calls[modules.First(entry => entry.Path == name[..Math.Max(0, name.LastIndexOf('.'))]).Module].Parameters += tensor.Count;
        return new ModelSummary(model.GetType().Name, inputShape, graph.Output.Shape, [.. modules.Select(entry =>
        {
            var call = calls[entry.Module];
            return new ModuleSummary(
                entry.Path, entry.Module.GetType().Name, call.Input, call.Output, call.Count, call.Parameters, call.Flops, call.Bytes);
        })]);
    }

    /// <summary>A table with a line for each module that is called or has parameters, and one of totals.</summary>
    public override string ToString()
    {
        var lines = new List<string[]> { new[] { "Layer", "Type", "Output", "Parameters", "Flops", "Activations" } };
        foreach (var row in Rows)
        {
            string name = row.Path.Length == 0 ? "(model)" : row.Path;
            string output = row.OutputShape is { } shape ? shape.ToString() + (row.Calls > 1 ? $" x{row.Calls}" : "") : "not called";
            lines.Add([name, row.Type, output, Whole(row.Parameters), Whole(row.Flops), Bytes(row.ActivationBytes)]);
        }

        lines.Add(["Total", Type, OutputShape.ToString(), Whole(Parameters), Whole(Flops), Bytes(ActivationBytes)]);
        int[] widths = [.. Enumerable.Range(0, 6).Select(column => lines.Max(line => line[column].Length))];
        string rule = new('-', widths.Sum() + (2 * (widths.Length - 1)));
        var text = new StringBuilder();
        for (int i = 0; i < lines.Count; i++)
        {
            if (i == 1 || i == lines.Count - 1)
                _ = text.Append(rule).Append('\n');
            var cells = lines[i].Select((cell, column) => column < 3 ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column]));
            _ = text.Append(string.Join("  ", cells).TrimEnd()).Append('\n');
        }

        return text.ToString().TrimEnd('\n');
    }

    private static RecordedGraph Record(Module model, Tensor input, Action<Module, Tensor, Tensor> seen)
    {
        using var probe = ForwardProbe.Begin(seen);
        return RecordedGraph.OfEvaluation(model, input);
    }

    private static DataType TypeFor(Module model)
    {
        var first = model.Modules().Select(entry => entry.Module).FirstOrDefault(module => module is Linear or Conv2d or BatchNorm or Embedding);
        return first is Embedding ? DataType.Int32 : model.Parameters() is [var parameter, ..] ? parameter.Tensor.DataType : DataType.Float32;
    }

    /// <summary>Gives a module the operations between its input and its output that no module inside it did.</summary>
    private static void Claim(Tensor output, Tensor input, Call call, Dictionary<GraphNode, Call> owners)
    {
        var seen = new HashSet<GraphNode>();
        var waiting = new Stack<Tensor>([output]);
        while (waiting.TryPop(out var tensor))
        {
            if (tensor == input || tensor.Producer is not { } node || !seen.Add(node))
                continue;
            _ = owners.TryAdd(node, call);
            for (int i = 0; i < node.InputCount; i++)
                waiting.Push(node.Input(i));
        }
    }

    private static string Whole(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static string Bytes(long bytes)
    {
        string[] units = ["B", "KiB", "MiB", "GiB", "TiB"];
        double amount = bytes;
        int unit = 0;
        for (; amount >= 1024 && unit < units.Length - 1; unit++)
            amount /= 1024;
        return amount.ToString(unit == 0 ? "0" : "0.0", CultureInfo.InvariantCulture) + " " + units[unit];
    }

    /// <summary>What is known of a module.</summary>
    private sealed class Call
    {
        internal Shape? Input, Output;
        internal int Count;
        internal long Parameters, Flops, Bytes;
    }
}
