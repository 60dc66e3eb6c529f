using System.Runtime.InteropServices;

namespace Kappa.Mujoco;

public sealed partial class MujocoModel
{
    /// <summary>Index of a named object.</summary>
    /// <param name="kind">What kind of object.</param>
    /// <param name="name">Its name in the model file.</param>
    /// <returns>The index.</returns>
    /// <exception cref="ArgumentException">The model has no such object; the message lists those it has.</exception>
    public int IndexOf(MujocoObject kind, string name)
    {
        if (TryIndexOf(kind, name, out int index))
            return index;
        var names = Enumerable.Range(0, CountOf(kind)).Select(i => NameOf(kind, i)).Where(n => n.Length > 0);
        throw new ArgumentException(
            $"The model has no {kind.ToString().ToLowerInvariant()} named '{name}'. It has: {string.Join(", ", names)}.", nameof(name));
    }

    /// <summary>Looks up a named object.</summary>
    /// <param name="kind">What kind of object.</param>
    /// <param name="name">Its name in the model file.</param>
    /// <param name="index">The index, or -1.</param>
    /// <returns>True when the model has it.</returns>
    public bool TryIndexOf(MujocoObject kind, string name, out int index)
    {
        ArgumentNullException.ThrowIfNull(name);
        _ = CountOf(kind);
        index = NativeMethods.NameToIndex(Handle, (int)kind, name);
        return index >= 0;
    }

    /// <summary>Name of an object.</summary>
    /// <param name="kind">What kind of object.</param>
    /// <param name="index">Its index.</param>
    /// <returns>The name, or an empty string for an object without one.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no object with that index.</exception>
    public string NameOf(MujocoObject kind, int index)
    {
        Guard.Index(kind.ToString().ToLowerInvariant(), index, CountOf(kind));
        string name = Marshal.PtrToStringUTF8(NativeMethods.IndexToName(Handle, (int)kind, index)) ?? string.Empty;
        GC.KeepAlive(this);
        return name;
    }
}
