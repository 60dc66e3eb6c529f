using Kappa.Randomness;
using Kappa.Tensors;

namespace Kappa.Networks;

/// <content>Initial values, drawn when they are asked for or at the first use.</content>
public abstract partial class Module
{
    private readonly Lock _initialization = new();

    // Set after the values are there: a thread that sees it need not wait.
    private volatile bool _isInitialized;
    private volatile bool _isTreeInitialized;
    private bool _isInitializing;

    /// <summary>Draws every parameter anew.</summary>
    /// <param name="generator">The source; each parameter draws from a stream split off by its path, so the order does not matter. Does not advance.</param>
    /// <returns>This module.</returns>
    public Module Initialize(Philox generator)
    {
        ArgumentNullException.ThrowIfNull(generator);
        using var _ = NoGradient.Begin();
        InitializeTree(generator, again: true);
        return this;
    }

    /// <summary>Draws this module's own parameters; children are drawn by themselves.</summary>
    /// <param name="generator">A stream for each parameter is <c>generator.Split(name)</c>.</param>
    protected virtual void InitializeCore(Philox generator)
    {
    }

    /// <summary>Draws what this module itself owns, if that was never done.</summary>
    /// <remarks>A property that hands out one of the module's own tensors calls it first: then what is written to the tensor stays, since it was used
    /// before.</remarks>
    protected void EnsureOwnInitialized()
    {
        if (_isInitialized)
            return;
        using var _ = NoGradient.Begin();
        InitializeOwn(DefaultGenerator(), again: false);
    }

    private void EnsureInitialized()
    {
        if (_isTreeInitialized)
            return;
        using var _ = NoGradient.Begin();
        InitializeTree(DefaultGenerator(), again: false);
    }

    private Philox DefaultGenerator() => _parent is null ? new Philox(0) : _parent.DefaultGenerator().Split(_name);

    private void InitializeTree(Philox generator, bool again)
    {
        SearchFields();
        InitializeOwn(generator, again);
        foreach (var (name, child) in _children)
            child.InitializeTree(generator.Split(name), again);
        _isTreeInitialized = true;
    }

    /// <summary>One thread draws, others wait for it. No lock is held while another module is drawn, so that models may share parts.</summary>
    private void InitializeOwn(Philox generator, bool again)
    {
        if (_isInitialized && !again)
            return;
        lock (_initialization)
        {
            // What draws uses the module's own tensors, which does not begin another draw.
            if (_isInitializing || (_isInitialized && !again))
                return;
            _isInitializing = true;
            try
            {
                InitializeCore(generator);
                _isInitialized = true;
            }
            finally
            {
                _isInitializing = false;
            }
        }
    }
}
