// A page that replaces itself would take away what a person is just selecting, and what nobody looks
// at need not be fetched.
document.addEventListener('htmx:beforeRequest', event => {
  if (document.hidden || !window.getSelection().isCollapsed) {
    event.preventDefault();
  }
});
