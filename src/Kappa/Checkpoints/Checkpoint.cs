using System.Text.Json;
using Kappa.Networks;
using Kappa.Optimizers;
using Kappa.Randomness;
using Kappa.Tensors;

namespace Kappa.Checkpoints;

/// <summary>A whole run at one step, in a folder: model, optimizer, generator, and what the caller adds.</summary>
/// <remarks>
/// <para>The folder <c>step-00001000</c> holds <c>model.safetensors</c>, <c>optimizer.safetensors</c> and <c>state.json</c> (format and version, step, the
/// optimizer's numbers, the generator's state, the vector instructions that computed it, sizes and SHA-256 of the other files, and the caller's JSON under
/// <c>extra</c>). It is written under a hidden name beside its place, each file is flushed to
/// the disk, and the folder is renamed: a reader sees a whole checkpoint or none. What a killed process left half-written is ignored, and removed by the next
/// save.</para>
/// <para>Everything is matched by name, so a model and an optimizer made anew from any seed and with any rates continue to the same bits. Settings that code
/// gives (schedules, options, training or evaluation mode, what is frozen) and gradients are not in it: save between a step and the next backward pass.</para>
/// <para>One process writes to a folder of checkpoints at a time. After a power cut the newest one may be missing, since folders are not flushed; those before
/// it are whole.</para>
/// </remarks>
public sealed partial class Checkpoint
{
    internal const string ModelFile = "model.safetensors";
    internal const string OptimizerFile = "optimizer.safetensors";
    internal const string StateFile = "state.json";

    private Checkpoint(string folderPath, CheckpointState state)
    {
        FolderPath = folderPath;
        Step = state.Step;
        Generator = state.Generator;
        Extra = state.Extra;
        Instructions = state.Instructions;
    }

    /// <summary>The folder that it was read from.</summary>
    public string FolderPath { get; }

    /// <summary>The step that it was saved with.</summary>
    public long Step { get; }

    /// <summary>Where the generator stood; <see cref="Philox.FromState"/> continues from it.</summary>
    public PhiloxState Generator { get; }

    /// <summary>What the caller added; null for nothing.</summary>
    public JsonElement? Extra { get; }

    /// <summary>The vector instructions of the process that wrote it, as <see cref="ComputeInstructions.Selected"/> says them; null where an earlier version of
    /// Kappa wrote it.</summary>
    /// <remarks><see cref="ComputeInstructions.DifferenceFrom"/> says what it means where this process uses others.</remarks>
    public string? Instructions { get; }

    /// <summary>Reads the checkpoint with the highest step into a model and an optimizer.</summary>
    /// <param name="root">The folder of checkpoints.</param>
    /// <param name="model">What takes the parameters and buffers.</param>
    /// <param name="optimizer">What takes the optimizer's state; null to leave that aside, for evaluation.</param>
    /// <returns>The checkpoint; null where there is none yet.</returns>
    /// <exception cref="CheckpointException">It is damaged, or a parameter in it is NaN or infinite; the message names the file and how to fall back. Nothing
    /// was loaded.</exception>
    /// <exception cref="StateMismatchException">It is of another model or optimizer. Nothing was loaded.</exception>
    /// <exception cref="ArgumentException">It is of another kind of optimizer. Nothing was loaded.</exception>
    public static Checkpoint? LoadLatest(string root, Module model, Optimizer? optimizer)
    {
        ArgumentException.ThrowIfNullOrEmpty(root);
        root = Path.GetFullPath(root);
        CheckpointFolders.Recover(root);
        var all = CheckpointFolders.List(root);
        return all.Count == 0 ? null : Load(all[^1].Path, model, optimizer);
    }

    /// <summary>What a caller added to the checkpoint with the highest step, without reading the rest.</summary>
    /// <param name="root">The folder of checkpoints.</param>
    /// <returns>The JSON; null where there is no checkpoint, or nothing was added.</returns>
    /// <exception cref="CheckpointException">It is damaged.</exception>
    public static JsonElement? ReadExtra(string root)
    {
        ArgumentException.ThrowIfNullOrEmpty(root);
        var all = CheckpointFolders.List(Path.GetFullPath(root));
        return all.Count == 0 ? null : new CheckpointReader(all[^1].Path).ReadState().Extra;
    }

    /// <summary>Reads one checkpoint into a model and an optimizer.</summary>
    /// <param name="folder">The folder of the checkpoint, such as <c>checkpoints/step-00001000</c>.</param>
    /// <param name="model">What takes the parameters and buffers.</param>
    /// <param name="optimizer">What takes the optimizer's state; null to leave that aside, for evaluation.</param>
    /// <returns>The checkpoint.</returns>
    /// <exception cref="CheckpointException">It is damaged, or a parameter in it is NaN or infinite; the message names the file and how to fall back. Nothing
    /// was loaded.</exception>
    /// <exception cref="StateMismatchException">It is of another model or optimizer. Nothing was loaded.</exception>
    /// <exception cref="ArgumentException">It is of another kind of optimizer. Nothing was loaded.</exception>
    public static Checkpoint Load(string folder, Module model, Optimizer? optimizer)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentNullException.ThrowIfNull(model);
        folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        var reader = new CheckpointReader(folder);
        var state = reader.ReadState();
        var parameters = reader.ReadTensors(state, ModelFile);
        // Both are checked before either is changed.
        model.StateDict().RequireMatch(parameters, strict: true);
        reader.RequireFinite(ModelFile, FiniteValues.FirstFault(parameters, model));
        if (optimizer is not null)
        {
            var optimizerState = reader.ReadOptimizer(state);
            reader.RequireFinite(OptimizerFile, FiniteValues.FirstFault(optimizerState.Tensors));
            optimizer.Load(optimizerState);
        }

        model.LoadStateDict(parameters);
        return new Checkpoint(folder, state);
    }
}
