using Kappa.Tensors.Memory;

namespace Kappa.Tensors;

/// <summary>Gives back the memory of the tensors made inside it and not kept, so that the next step reuses it.</summary>
/// <remarks>
/// <code>
/// using var step = TensorScope.Begin();
/// </code>
/// A scope is an optimisation. Without one, memory is left to the garbage collector: slower, never a leak. A tensor that
/// is used after its scope has ended throws <see cref="ObjectDisposedException"/>; <see cref="Tensor.Keep"/> lets one outlive the scope.
/// Parameters, their gradients and the state of optimizers never belong to a scope. Scopes nest; each belongs to the thread that began it.
/// </remarks>
public sealed class TensorScope : IDisposable
{
    [ThreadStatic]
    private static TensorScope? _current;

    // Lists are used again, scopes are not: ending one twice must not end a later one.
    [ThreadStatic]
    private static Stack<List<Tensor>>? _spareLists;

    private readonly List<Tensor> _tensors;
    private readonly TensorScope? _outer;
    private readonly int _thread = Environment.CurrentManagedThreadId;
    private volatile bool _isAbandoned;
    private bool _hasEnded;

    private TensorScope(List<Tensor> tensors, TensorScope? outer)
    {
        _tensors = tensors;
        _outer = outer;
    }

    internal static TensorScope? Current => _current;

    /// <summary>Begins a scope on this thread. Dispose it when the step is over.</summary>
    public static TensorScope Begin()
    {
        LeaveAbandoned();
        var spare = _spareLists ??= new Stack<List<Tensor>>();
        return _current = new TensorScope(spare.TryPop(out var list) ? list : [], _current);
    }

    /// <summary>Suspends the scopes of this thread: what is made until the result is disposed outlives them.</summary>
    internal static Suspension Suspend()
    {
        var suspended = new Suspension(_current);
        _current = null;
        return suspended;
    }

    /// <summary>Ends the scope: gives back the memory of what was made in it and not kept.</summary>
    /// <exception cref="InvalidOperationException">An inner scope is still open, the scope has already ended, or it began on another thread.</exception>
    public void Dispose()
    {
        if (_current != this)
            LeaveAbandoned();
        if (_current != this)
        {
            throw new InvalidOperationException(
                $"a TensorScope ended out of order: {WhatIsWrong()}. Scopes end on the thread that began them, the innermost first, once each");
        }
        _hasEnded = true;
        foreach (var tensor in _tensors)
            tensor.ReleaseFrom(this);
        _tensors.Clear();
        _current = _outer;
        _spareLists!.Push(_tensors);
        if (_outer is null)
            YoungGarbage.CollectIfDue();
    }

    /// <summary>Ends the scope without giving anything back.</summary>
    /// <returns>What was made in it and not kept; the caller disposes it.</returns>
    internal List<Tensor> EndAndTake()
    {
        var taken = _tensors.FindAll(tensor => tensor.IsIn(this));
        foreach (var tensor in taken)
            _ = tensor.MoveTo(null);
        Dispose();
        return taken;
    }

    /// <summary>Leaves scopes that were ended on another thread: their tensors are left to the garbage collector.</summary>
    private static void LeaveAbandoned()
    {
        while (_current is { _isAbandoned: true } abandoned)
            _current = abandoned._outer;
    }

    private string WhatIsWrong()
    {
        if (_hasEnded)
            return "it has ended already";
        int here = Environment.CurrentManagedThreadId;
        if (_thread == here)
            return "a scope that began after it is still open";
        _isAbandoned = true;
        return $"it began on thread {_thread} and ends on thread {here}, as it does across an await";
    }

    internal void Add(Tensor tensor) => _tensors.Add(tensor);

    /// <summary>Ends a suspension.</summary>
    internal readonly ref struct Suspension(TensorScope? suspended)
    {
        private readonly TensorScope? _suspended = suspended;

        public void Dispose() => _current = _suspended;
    }
}
