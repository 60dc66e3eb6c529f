using Kappa.Onnx.Export;
using Kappa.Onnx.Import;
using Kappa.Units;

namespace Kappa.Onnx;

/// <summary>Models in and out of ONNX files.</summary>
public static class OnnxModel
{
    private const string Producer = "kappa";

    /// <summary>Writes a model as it computes in evaluation mode: its recorded operations, whichever modules they stand in.</summary>
    /// <param name="model">The model. It is run on two and on three random examples to find what depends on the length of the batch, which the file leaves
    /// open, and on shorter ones where the length of sequences is open too; nothing of it changes.</param>
    /// <param name="path">The file, written whole or not at all. Its folder must exist.</param>
    /// <param name="inputShape">The shape of one input without the batch, such as <c>[3, 224, 224]</c>; null reads it off the first layer, where that tells.
    /// Of sequences, the number of positions is fixed by it, where <see cref="OnnxExportOptions.SequenceName"/> does not leave it open.</param>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <remarks>
    /// Parameters and buffers keep their names. Layers that ONNX has no operator for are written out: attention, rotary embeddings, RMS norms, sorted channels,
    /// before opset 20 GELU. The results agree with Kappa's to the rounding of sums.
    /// </remarks>
    /// <exception cref="OnnxException">The model runs an operation that ONNX cannot say, or reads what no recorded operation made; the message names
    /// it.</exception>
    /// <exception cref="ArgumentException">The shape cannot be read off the first layer and was not given, or does not fit.</exception>
    /// <exception cref="IOException">The file cannot be written; one that was there is intact.</exception>
    public static void Export(Module model, string path, IReadOnlyList<int>? inputShape = null, OnnxExportOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentException.ThrowIfNullOrEmpty(path);
        options ??= new OnnxExportOptions();
        options.Validate();
        using var outside = TensorScope.Suspend();
        using var runs = Record(model, path, inputShape, options);
        var file = new ModelProto
        {
            IrVersion = options.OperatorSet switch { <= 18 => 8, <= 20 => 9, _ => 10 },
            ProducerName = Producer,
            ProducerVersion = typeof(OnnxModel).Assembly.GetName().Version?.ToString(3) ?? "",
            Graph = new GraphExporter(runs, options).Write(),
        };
        file.OpsetImport.Add(new OperatorSetProto { Version = options.OperatorSet });
        AddMetadata(file, model, options);
        OnnxFile.Write(path, file);
    }

    /// <summary>Reads a model.</summary>
    /// <param name="path">The file. Tensors that lie outside of it are read from its folder and below alone.</param>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <returns>The model, in evaluation mode; its weights are parameters under their names in the file.</returns>
    /// <exception cref="OnnxException">The file is no ONNX model, is damaged, or holds what Kappa does not take; the message names the node, its operator and
    /// version, or the tensor, what was expected and what came.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static OnnxModule Import(string path, OnnxImportOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        options ??= new OnnxImportOptions();
        options.Validate();
        using var outside = TensorScope.Suspend();
        var model = OnnxFile.Read(path);
        var result = new GraphReader(path, model, options).Read(model);
        result.Eval();
        return result;
    }

    private static RecordedRuns Record(Module model, string path, IReadOnlyList<int>? inputShape, OnnxExportOptions options)
    {
        Shape shape;
        DataType type;
        using (var example = ExampleInput.Create(model, inputShape, nameof(inputShape)))
            (shape, type) = (example.Shape.Without(0), example.DataType);
        try
        {
            return new RecordedRuns(path, model, shape, type, options.SequenceName is not null);
        }
        catch (TensorShapeException error)
        {
            throw new ArgumentException(
                $"the model does not take examples of {shape}: {error.Message}. Give the shape of one input, without the batch, as {nameof(inputShape)}",
                nameof(inputShape), error);
        }
    }

    private static void AddMetadata(ModelProto file, Module model, OnnxExportOptions options)
    {
        var entries = new Dictionary<string, string>
        {
            ["kappa.model"] = model.GetType().Name,
            ["kappa.parameters"] = model.Parameters().Sum(parameter => (long)parameter.Tensor.Count).ToString(CultureInfo.InvariantCulture),
        };
        if (model is OnnxModule { Provenance: var before })
        {
            entries["kappa.imported_from"] = $"{before.Producer} {before.ProducerVersion}".Trim();
            foreach (var (key, value) in before.Metadata)
                _ = entries.TryAdd(key, value);
        }

        foreach (var (key, value) in options.Metadata)
            entries[key] = value;
        foreach (var (key, value) in entries.OrderBy(entry => entry.Key, StringComparer.Ordinal))
            file.MetadataProps.Add(new EntryProto { Key = key, Value = value });
    }
}
