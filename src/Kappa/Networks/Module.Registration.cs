using System.Runtime.CompilerServices;
using Kappa.Tensors;

namespace Kappa.Networks;

/// <content>What belongs to a module.</content>
public abstract partial class Module
{
    private static readonly ConditionalWeakTable<Tensor, Module> Owners = [];

    private int _searches;
    private long _growth;

    /// <summary>How often anything to train was registered here or below; -1 for a module that is part of another. Where it stands still, the model has not
    /// grown.</summary>
    internal long Growth => _parent is null ? _growth : -1;

    /// <summary>The whole model that a parameter is part of; null where no module has registered it.</summary>
    internal static Module? RootOf(Tensor parameter) => Owners.TryGetValue(parameter, out var owner) ? owner.Root : null;

    private Module Root
    {
        get
        {
            var root = this;
            while (root._parent is { } above)
                root = above;
            return root;
        }
    }

    /// <summary>Registers a trainable tensor under a name.</summary>
    /// <param name="name">Unique within the module, without dots.</param>
    /// <param name="tensor">The tensor; from here on it requires a gradient.</param>
    /// <returns>The tensor.</returns>
    /// <remarks>A property that hands it out calls <see cref="EnsureOwnInitialized"/> first, so that what is written to it before the first use is not drawn
    /// over.</remarks>
    protected Tensor RegisterParameter(string name, Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        CheckName(name);
        tensor.RequiresGradient = true;
        _parameters.Add((name, tensor.Keep()));
        _ = Owners.TryAdd(tensor, this);
        Grow();
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
        Grow();
        return module;
    }

    /// <summary>Says, once, what this module holds in its fields and has not registered.</summary>
    private void SearchFields()
    {
        if (_searches > 0 || Interlocked.Increment(ref _searches) > 1)
            return;
        HashSet<object>? registered = null;
        foreach (var (field, held) in HeldFields.Of(this))
        {
            if (held is Module { HasState: false } || held is Tensor { RequiresGradient: false } or Tensor { Producer: not null })
                continue;
            registered ??= [.. Root.Modules().SelectMany(entry => entry.Module.Registered())];
            if (registered.Contains(held))
                continue;
            Warnings.Say(held is Module module
                ? $"{GetType().Name}: the {module.GetType().Name} in {field} is not registered, so that its parameters are neither in Parameters() "
                    + "nor in StateDict(), and Train() and Eval() do not reach it. Register it in the constructor by RegisterModule(name, module)"
                : $"{GetType().Name}: the tensor in {field} requires a gradient and is not registered, so that it is neither in Parameters() "
                    + "nor in StateDict(). Register it in the constructor by RegisterParameter(name, tensor)");
        }
    }

    private void Grow()
    {
        for (var module = this; module is not null; module = module._parent)
        {
            module._isTreeInitialized = false;
            module._growth++;
        }
    }

    private IEnumerable<object> Registered() => [this, .. _parameters.Select(parameter => parameter.Tensor)];

    /// <summary>Whether this module, or one inside, has parameters or buffers.</summary>
    private bool HasState => _parameters.Count + _buffers.Count > 0 || _children.Exists(child => child.Module.HasState);

    private void CheckName(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (name.Contains('.', StringComparison.Ordinal))
            throw new ArgumentException($"\"{name}\" contains a dot, which separates the parts of a path", nameof(name));
        if (_parameters.Exists(p => p.Name == name) || _buffers.Exists(p => p.Name == name) || _children.Exists(p => p.Name == name))
            throw new ArgumentException($"{GetType().Name} already has something named \"{name}\"", nameof(name));
    }
}
