using System.Security.Cryptography;
using System.Text.Json;
using Kappa.Networks;
using Kappa.Optimizers;
using Kappa.Randomness;
using Kappa.Tensors;

namespace Kappa.Checkpoints;

/// <content>Writing.</content>
public sealed partial class Checkpoint
{
    private const int BufferBytes = 1 << 16;

    /// <summary>Writes a checkpoint, whole or not at all.</summary>
    /// <param name="root">The folder of checkpoints; made where it does not exist.</param>
    /// <param name="step">The step, zero or more; a checkpoint of the same step is replaced.</param>
    /// <param name="model">Whose parameters and buffers to save.</param>
    /// <param name="optimizer">Whose state to save.</param>
    /// <param name="generator">Where the run's generator stands.</param>
    /// <param name="extra">JSON of the caller, such as the place in the data; null for none.</param>
    /// <param name="keep">How many checkpoints to keep, the latest ones, 1 or more; null keeps all.</param>
    /// <returns>The folder of the checkpoint.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The step is negative, or <paramref name="keep"/> is below 1.</exception>
    /// <exception cref="NonFiniteException">A parameter is NaN or infinite; earlier checkpoints are intact.</exception>
    /// <exception cref="IOException">It could not be written, because the disk is full for example; earlier checkpoints are intact.</exception>
    public static string Save(string root, long step, Module model, Optimizer optimizer, PhiloxState generator, JsonElement? extra = null, int? keep = null) =>
        Save(root, step, model, optimizer, generator, extra, keep, file => file);

    /// <summary>Deletes all checkpoints but the latest ones.</summary>
    /// <param name="root">The folder of checkpoints.</param>
    /// <param name="keep">How many to keep, 1 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">Fewer than 1.</exception>
    public static void Prune(string root, int keep)
    {
        ArgumentException.ThrowIfNullOrEmpty(root);
        ArgumentOutOfRangeException.ThrowIfLessThan(keep, 1);
        foreach (var (_, folder) in CheckpointFolders.List(Path.GetFullPath(root)).SkipLast(keep))
            CheckpointFolders.Delete(folder);
    }

    /// <summary>The folder of the checkpoint of a step.</summary>
    /// <param name="root">The folder of checkpoints.</param>
    /// <param name="step">The step, zero or more.</param>
    public static string FolderOf(string root, long step)
    {
        ArgumentException.ThrowIfNullOrEmpty(root);
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        return CheckpointFolders.PathOf(Path.GetFullPath(root), step);
    }

    /// <summary>The steps of the checkpoints in a folder, the earliest first.</summary>
    /// <param name="root">The folder of checkpoints.</param>
    public static IReadOnlyList<long> Steps(string root)
    {
        ArgumentException.ThrowIfNullOrEmpty(root);
        return [.. CheckpointFolders.List(Path.GetFullPath(root)).Select(entry => entry.Step)];
    }

    /// <summary>Ends what a killed process began: a checkpoint whose replacement was cut short comes back, and what is half-written or half-deleted
    /// goes.</summary>
    /// <param name="root">The folder of checkpoints; nothing happens where it does not exist.</param>
    public static void Recover(string root)
    {
        ArgumentException.ThrowIfNullOrEmpty(root);
        root = Path.GetFullPath(root);
        if (!Directory.Exists(root))
            return;
        CheckpointFolders.Recover(root);
        CheckpointFolders.RemoveTemporaries(root);
    }

    /// <summary>As the public method, with each file behind a stream of the caller's, to inject faults.</summary>
    internal static string Save(
        string root, long step, Module model, Optimizer optimizer, PhiloxState generator, JsonElement? extra, int? keep, Func<Stream, Stream> wrap)
    {
        ArgumentException.ThrowIfNullOrEmpty(root);
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(optimizer);
        ArgumentNullException.ThrowIfNull(generator);
        if (keep is { } count)
            ArgumentOutOfRangeException.ThrowIfLessThan(count, 1, nameof(keep));
        root = Path.GetFullPath(root);
        string folder = CheckpointFolders.PathOf(root, step);
        var modelState = model.StateDict();
        var optimizerState = optimizer.State();
        if ((FiniteValues.FirstFault(modelState, model) ?? FiniteValues.FirstFault(optimizerState.Tensors)) is { } fault)
        {
            throw new NonFiniteException(
                $"{folder}: nothing was written, since {fault}. {Surviving(root)} Go back to it, and lower the learning rate or set MaxGradientNorm");
        }
        string temporary = CheckpointFolders.TemporaryFor(folder);
        try
        {
            _ = Directory.CreateDirectory(root);
            CheckpointFolders.Recover(root);
            CheckpointFolders.RemoveTemporaries(root);
            _ = Directory.CreateDirectory(temporary);
            var files = new Dictionary<string, CheckpointState.FilePart>
            {
                [ModelFile] = WriteTensors(temporary, ModelFile, modelState, wrap),
                [OptimizerFile] = WriteTensors(temporary, OptimizerFile, optimizerState.Tensors, wrap),
            };
            var part = new CheckpointState.OptimizerPart(optimizerState.Kind, new(optimizerState.Numbers.ToDictionary(), StringComparer.Ordinal));
            var state = new CheckpointState(
                CheckpointState.FormatName, CheckpointState.CurrentVersion, step, part, generator, files, extra, ComputeInstructions.Selected);
            _ = WriteFile(temporary, StateFile, state.Write, wrap);
            CheckpointFolders.Publish(temporary, folder);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new IOException(
                $"{folder}: the checkpoint could not be written: {error.Message.TrimEnd('.')}. {Surviving(root)} Free some space, or choose a folder that may "
                + "be written to, and save again", error);
        }
        finally
        {
            CheckpointFolders.Remove(temporary);
        }

        if (keep is { } number)
            Prune(root, number);
        return folder;
    }

    private static string Surviving(string root)
    {
        var all = CheckpointFolders.List(root);
        return all.Count == 0 ? "There is no earlier one." : $"The latest one, {all[^1].Path}, is intact.";
    }

    private static CheckpointState.FilePart WriteTensors(string folder, string name, StateDict tensors, Func<Stream, Stream> wrap)
    {
        var entries = StateDictFile.Entries(tensors);
        return WriteFile(folder, name, stream => SafeTensorsFile.Write(stream, entries), wrap);
    }

    private static CheckpointState.FilePart WriteFile(string folder, string name, Action<Stream> write, Func<Stream, Stream> wrap)
    {
        // Unbuffered, so that closing after a failure has nothing left to write that could fail again.
        using var file = new FileStream(Path.Combine(folder, name), FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
        using var hash = SHA256.Create();
        var buffered = new BufferedStream(wrap(file), BufferBytes);
        using (var hashed = new CryptoStream(new KeptOpenStream(buffered), hash, CryptoStreamMode.Write))
            write(hashed);
        buffered.Flush();
        file.Flush(flushToDisk: true);
        return new CheckpointState.FilePart(file.Length, Convert.ToHexStringLower(hash.Hash!));
    }
}
