using System.Globalization;
using System.Numerics.Tensors;
using System.Text.Json;
using Kappa.Checkpoints;
using Kappa.Networks;
using Kappa.Optimizers;
using Kappa.Tensors;
using Tensor = Kappa.Tensors.Tensor;

namespace Kappa.Lab.Comparison;

/// <summary>The one checkpoint of a trial, replaced whole: model, optimizer and position in one file, so that they cannot disagree.</summary>
internal static class TrialCheckpoint
{
    private const string FileName = "latest.safetensors";
    private const string StateKey = "trial";
    private const string ModelPrefix = "model.";
    private const string OptimizerPrefix = "optimizer.";
    private const string NumberPrefix = "optimizer.number.";
    private const string KindKey = "optimizer.kind";

    internal static void Save(string folder, Module model, Optimizer optimizer, TrialState state)
    {
        _ = Directory.CreateDirectory(folder);
        var optimizerState = optimizer.State();
        var metadata = new Dictionary<string, string>
        {
            [StateKey] = JsonSerializer.Serialize(state, LabJson.Default.TrialState),
            [KindKey] = optimizerState.Kind,
        };
        foreach (var (name, value) in optimizerState.Numbers)
            metadata[NumberPrefix + name] = value.ToString("R", CultureInfo.InvariantCulture);
        SafeTensorsFile.Write(
            Path.Combine(folder, FileName),
            [.. model.StateDict().Select(entry => ToEntry(ModelPrefix + entry.Key, entry.Value)),
             .. optimizerState.Tensors.Select(entry => ToEntry(OptimizerPrefix + entry.Key, entry.Value))],
            metadata);
    }

    /// <summary>Loads the checkpoint into a model and an optimizer made for the trial.</summary>
    /// <returns>The position; null where there is no checkpoint of this trial, or it does not fit, and then the two may hold parts of it.</returns>
    internal static TrialState? TryLoad(string folder, string identity, Module model, Optimizer optimizer)
    {
        string path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
            return null;
        try
        {
            var contents = SafeTensorsFile.Read(path);
            var state = JsonSerializer.Deserialize(contents.Metadata[StateKey], LabJson.Default.TrialState);
            if (state?.Identity != identity)
                return null;
            using var scope = TensorScope.Begin();
            var optimizerState = new OptimizerState(contents.Metadata[KindKey]);
            foreach (var (name, value) in contents.Metadata)
            {
                if (name.StartsWith(NumberPrefix, StringComparison.Ordinal))
                    optimizerState.Add(name[NumberPrefix.Length..], double.Parse(value, CultureInfo.InvariantCulture));
            }
            var modelState = new StateDict();
            foreach (var entry in contents.Entries)
            {
                RequireNumbers(entry);
                bool ofModel = entry.Name.StartsWith(ModelPrefix, StringComparison.Ordinal);
                (ofModel ? modelState : optimizerState.Tensors).Add(entry.Name[(ofModel ? ModelPrefix : OptimizerPrefix).Length..], ToTensor(entry));
            }
            model.LoadStateDict(modelState);
            optimizer.Load(optimizerState);
            return state;
        }
        catch (Exception error) when (error is SafeTensorsException or StateMismatchException or ArgumentException or KeyNotFoundException or JsonException or FormatException)
        {
            // Damaged by something else than a kill, since it was written whole; the trial starts again.
            return null;
        }
    }

    /// <summary>Nothing goes on from NaN; the trial starts again, and diverges again where it did.</summary>
    private static void RequireNumbers(SafeTensorsEntry entry)
    {
        bool isBad = entry.Type switch
        {
            SafeTensorsType.F32 => TensorPrimitives.IsNaNAny(entry.Values<float>()),
            SafeTensorsType.F64 => TensorPrimitives.IsNaNAny(entry.Values<double>()),
            _ => false,
        };
        if (isBad)
            throw new FormatException($"{entry.Name} holds NaN");
    }

    private static SafeTensorsEntry ToEntry(string name, Tensor tensor)
    {
        long[] shape = Array.ConvertAll(tensor.Shape.ToArray(), length => (long)length);
        return tensor.DataType switch
        {
            DataType.Float32 => SafeTensorsEntry.Create<float>(name, shape, tensor.ToArray<float>()),
            DataType.Float64 => SafeTensorsEntry.Create<double>(name, shape, tensor.ToArray<double>()),
            DataType.Int64 => SafeTensorsEntry.Create<long>(name, shape, tensor.ToArray<long>()),
            _ => SafeTensorsEntry.Create<int>(name, shape, tensor.ToArray<int>()),
        };
    }

    private static Tensor ToTensor(SafeTensorsEntry entry)
    {
        var shape = new Shape(Array.ConvertAll(entry.Shape, length => (int)length));
        return entry.Type switch
        {
            SafeTensorsType.F32 => Tensor.From(entry.Values<float>(), shape),
            SafeTensorsType.F64 => Tensor.From(entry.Values<double>(), shape),
            SafeTensorsType.I64 => Tensor.From(entry.Values<long>(), shape),
            _ => Tensor.From(entry.Values<int>(), shape),
        };
    }
}
