import { Component, type ReactNode } from 'react'
import { Button } from './controls.tsx'

/** A page that breaks takes no other with it, and says so. */
export class Boundary extends Component<{ readonly children: ReactNode }, { readonly error: Error | null }> {
  override state: { readonly error: Error | null } = { error: null }

  static getDerivedStateFromError(error: Error) {
    return { error }
  }

  override render() {
    const { error } = this.state
    if (error === null) return this.props.children
    return (
      <div className="page">
        <h1>This page broke</h1>
        <div className="error-box" role="alert">
          <p>{error.message.slice(0, 500)}</p>
          <Button onClick={() => location.reload()}>Load it again</Button>
        </div>
      </div>
    )
  }
}
