using Kappa.Tensors;

namespace Kappa.Networks;

/// <summary>A part of a network: owns parameters and other modules, and maps a tensor to a tensor.</summary>
/// <remarks>
/// Authors derive, register what they own in the constructor, and override <see cref="ForwardCore"/>. A module that was never
/// initialised or loaded is initialised at its first use from the seed 0, by the path it has then, so that it is the same in every
/// run; what was initialised, loaded or used before stays as it is. Call <see cref="Initialize"/> to choose the seed.
/// Any number of threads may use a module at once, its first use included, as long as none of them writes to it; training belongs to one.
/// </remarks>
public abstract partial class Module
{
    private readonly List<(string Name, Tensor Tensor)> _parameters = [];
    private readonly List<(string Name, Tensor Tensor, bool IsOptional)> _buffers = [];
    private readonly List<(string Name, Module Module)> _children = [];
    private Module? _parent;
    private string _name = "";

    /// <summary>Whether the module is in training mode, as it is at first; <see cref="Eval"/> and <see cref="Train"/> switch.</summary>
    public bool Training { get; private set; } = true;

    /// <summary>The modules directly inside, by name, in the order of registration.</summary>
    public IReadOnlyList<(string Name, Module Module)> Children => _children;

    /// <summary>Maps an input to an output.</summary>
    /// <param name="input">The shape that the module documents, usually <c>[batch, features]</c>.</param>
    public Tensor Forward(Tensor input)
    {
        ArgumentNullException.ThrowIfNull(input);
        EnsureInitialized();
        var output = ForwardCore(input);
        if (ForwardProbe.IsActive)
            ForwardProbe.Show(this, input, output);
        return output;
    }

    /// <summary>All parameters, named by path, in the order of registration. A tensor that is registered twice comes once, under its first path.</summary>
    public IReadOnlyList<Parameter> Parameters()
    {
        EnsureInitialized();
        var result = new List<Parameter>();
        var seen = new HashSet<Tensor>();
        Visit("", (name, tensor, kind) =>
        {
            if (kind != TensorKind.Parameter || !seen.Add(tensor))
                return;

            // Errors keep the longest path: asking a part of a model for its parameters does not rename them.
            if (tensor.Name is null || !tensor.Name.EndsWith($".{name}", StringComparison.Ordinal))
                tensor.Name = name;
            result.Add(new Parameter(name, tensor));
        });
        return result;
    }

    /// <summary>Every module in this tree with its path, this one first, with the path "".</summary>
    public IEnumerable<(string Path, Module Module)> Modules()
    {
        yield return ("", this);
        foreach (var (name, child) in _children)
        {
            foreach (var (path, module) in child.Modules())
                yield return (path.Length == 0 ? name : $"{name}.{path}", module);
        }
    }

    /// <summary>Parameters and buffers by path. The tensors are the module's own, not copies.</summary>
    public StateDict StateDict()
    {
        EnsureInitialized();
        var result = new StateDict();
        Visit("", (name, tensor, kind) =>
        {
            if (kind == TensorKind.OptionalBuffer)
                result.AddOptional(name, tensor);
            else
                result.Add(name, tensor);
        });
        return result;
    }

    /// <summary>Copies values into the parameters and buffers.</summary>
    /// <param name="state">Values by path.</param>
    /// <param name="strict">Whether a missing or unexpected name is an error; a misshapen one always is.</param>
    /// <remarks>A tensor that several parts share may come under one of its names or under all, then with equal values, as tied weights do in files of other
    /// libraries.</remarks>
    /// <exception cref="StateMismatchException">Names or shapes do not match; the message lists every one. Nothing has been changed.</exception>
    public void LoadStateDict(StateDict state, bool strict = true)
    {
        ArgumentNullException.ThrowIfNull(state);
        StateDict().CopyFrom(state, strict);
    }

    /// <summary>Switches to training mode, here and below.</summary>
    public void Train() => SetTraining(true);

    /// <summary>Switches to evaluation mode, here and below.</summary>
    public void Eval() => SetTraining(false);

    /// <summary>Moves the parameters and the buffers of floating numbers to a device. Their tensors stay the same objects; gradients move
    /// along.</summary>
    /// <param name="device">The device, to which inputs have to be moved as well.</param>
    /// <returns>This module.</returns>
    /// <remarks>Do it before an optimizer is made, whose state is where its parameters are. Counters, which are integers, stay on the host.</remarks>
    public Module To(Device device)
    {
        ArgumentNullException.ThrowIfNull(device);
        EnsureInitialized();
        foreach (var (_, module) in Modules())
        {
            foreach (var (_, tensor) in module._parameters)
                tensor.Relocate(device);
            foreach (var (_, tensor, _) in module._buffers)
            {
                if (tensor.DataType.IsFloating())
                    tensor.Relocate(device);
            }

            module.ToCore(device);
        }

        return this;
    }

    /// <summary>Moves what a module holds beside its parameters and buffers, such as tables.</summary>
    /// <param name="device">The device.</param>
    protected virtual void ToCore(Device device)
    {
    }

    /// <summary>Maps an input to an output: what authors of modules write.</summary>
    /// <param name="input">The input.</param>
    protected abstract Tensor ForwardCore(Tensor input);

    /// <summary>The shape of one input without the batch, and its type, where the module itself knows; null where its first layer tells.</summary>
    /// <param name="given">The shape that the caller gives; null to read it off the module.</param>
    /// <param name="setting">Where a shape is given, for messages.</param>
    /// <exception cref="ArgumentException">The module knows of its input that its shape has to be given.</exception>
    internal virtual (Shape Shape, DataType Type)? ExampleOfInput(IReadOnlyList<int>? given, string setting) => null;

    private void SetTraining(bool training)
    {
        Training = training;
        foreach (var (_, child) in _children)
            child.SetTraining(training);
    }

    private void Visit(string prefix, Action<string, Tensor, TensorKind> visit)
    {
        foreach (var (name, tensor) in _parameters)
            visit(prefix + name, tensor, TensorKind.Parameter);
        foreach (var (name, tensor, isOptional) in _buffers)
            visit(prefix + name, tensor, isOptional ? TensorKind.OptionalBuffer : TensorKind.Buffer);
        foreach (var (name, child) in _children)
            child.Visit($"{prefix}{name}.", visit);
    }

    /// <summary>What a tensor is to its module.</summary>
    private enum TensorKind
    {
        Parameter,
        Buffer,
        OptionalBuffer,
    }
}
