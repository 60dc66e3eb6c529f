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
    /// <remarks>A tensor that several parts share may come under one of its names or under all, then with equal values, as tied weights do in files of other libraries.</remarks>
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

    /// <summary>Maps an input to an output: what authors of modules write.</summary>
    /// <param name="input">The input.</param>
    protected abstract Tensor ForwardCore(Tensor input);

    /// <summary>Registers a trainable tensor under a name.</summary>
    /// <param name="name">Unique within the module, without dots.</param>
    /// <param name="tensor">The tensor; from here on it requires a gradient.</param>
    /// <returns>The tensor.</returns>
    protected Tensor RegisterParameter(string name, Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        CheckName(name);
        tensor.RequiresGradient = true;
        _parameters.Add((name, tensor.Keep()));
        return tensor;
    }

    /// <summary>Registers a tensor that is saved and loaded but not trained.</summary>
    /// <param name="name">Unique within the module, without dots.</param>
    /// <param name="tensor">The tensor.</param>
    /// <param name="optional">Whether it keeps its value when a state is loaded that lacks it, such as one written before the module had it.</param>
    /// <returns>The tensor.</returns>
    protected Tensor RegisterBuffer(string name, Tensor tensor, bool optional = false)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        CheckName(name);
        _buffers.Add((name, tensor.Keep(), optional));
        return tensor;
    }

    /// <summary>Registers a module inside this one.</summary>
    /// <typeparam name="T">The module's type.</typeparam>
    /// <param name="name">Unique within the module, without dots.</param>
    /// <param name="module">The module.</param>
    /// <returns>The module.</returns>
    protected T RegisterModule<T>(string name, T module)
        where T : Module
    {
        ArgumentNullException.ThrowIfNull(module);
        CheckName(name);
        _children.Add((name, module));
        (module._parent, module._name) = (this, name);
        for (var above = this; above is not null; above = above._parent)
            above._isTreeInitialized = false;
        return module;
    }

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

    private void CheckName(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (name.Contains('.', StringComparison.Ordinal))
            throw new ArgumentException($"\"{name}\" contains a dot, which separates the parts of a path", nameof(name));
        if (_parameters.Exists(p => p.Name == name) || _buffers.Exists(p => p.Name == name) || _children.Exists(p => p.Name == name))
            throw new ArgumentException($"{GetType().Name} already has something named \"{name}\"", nameof(name));
    }

    /// <summary>What a tensor is to its module.</summary>
    private enum TensorKind
    {
        Parameter,
        Buffer,
        OptionalBuffer,
    }
}
